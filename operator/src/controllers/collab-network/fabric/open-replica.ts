import type { CollabNetwork } from '@collabnet/crds';
import { openReplicaState } from '@collabnet/ledger';
import { FabricLedgerClient, type FabricIdentity, type StoredFabricBlock } from '@collabnet/ledger-fabric';
import type { Logger } from '@collabnet/telemetry';
import type { SecretStore, SecretValues } from '../../../institution/secret-store.ts';
import { WaitError } from '../../../runtime/index.ts';
import { CHAINCODE } from './chaincode-package.ts';
import { OtherOrganisations } from './other-organisations.ts';
import { fabricNames } from './names.ts';

/** Renewed certificates and other peers count after this long, ms. */
const RECHECK_MS = 15_000;

export interface OpenReplicaOptions {
  readonly network: CollabNetwork;
  readonly networkId: string;
  readonly secrets: Pick<SecretStore, 'read'>;
  /** As for {@link openReplicaState}. */
  readonly cache: string | undefined;
  readonly logger: Logger;
}

/** What Secret `fabric-<network>-client` says about the way to the ledger. */
interface Connection {
  readonly mspId: string;
  readonly channel: string;
  readonly peers: readonly string[];
}

/**
 * The verified replica of a network on Fabric, by the institution's own peer. Does not wait for blocks.
 *
 * @throws WaitError FabricNotProvisioned while the leader has not made the way to the peer, FabricNodeUnavailable while that
 *   does not answer, FabricNodeRefused while the channel does not have this institution; LedgerError STORE_FAILED
 */
export async function openFabricReplica({ network, networkId, secrets, cache, logger }: OpenReplicaOptions): Promise<FabricLedgerClient> {
  const { client: secretName } = fabricNames(network);
  const values = await secrets.read(secretName);
  if (values === undefined) throw new WaitError('FabricNotProvisioned', `Secret ${secretName} does not exist yet; the leading operator makes it`, 2_000);
  const { mspId, channel } = connectionIn(values);
  let { peers } = connectionIn(values);
  let identity = identityIn(mspId, values);
  const report = (error: unknown): void => logger.warn({ err: error, network: network.metadata.name }, 'the peer cannot be followed');
  const others = await OtherOrganisations.follow({ channel, peers: () => peers, identity: () => identity, onError: report });
  const ledger = new FabricLedgerClient({
    networkId,
    channel,
    chaincode: CHAINCODE,
    identity: () => identity,
    endpoints: () => peers.map((address) => ({ address })),
    confirmWith: () => others.mspIds,
    state: openReplicaState<StoredFabricBlock>(cache, networkId),
    onError: report,
  });
  const reread = async (): Promise<void> => {
    const now = await secrets.read(secretName);
    if (now === undefined) return;
    identity = identityIn(mspId, now);
    ({ peers } = connectionIn(now));
  };
  const timer = setInterval(() => void reread().catch((error: unknown) => logger.warn({ err: error }, `Secret ${secretName} cannot be read`)), RECHECK_MS);
  const close = ledger.close.bind(ledger);
  ledger.close = () => {
    clearInterval(timer);
    others.close();
    return close();
  };
  return ledger;
}

function connectionIn(values: SecretValues): Connection {
  return JSON.parse(values['connection.json'] ?? '') as Connection;
}

function identityIn(mspId: string, values: SecretValues): FabricIdentity {
  return { mspId, certificate: values['identity.crt'] ?? '', privateKey: values['identity.key'] ?? '', tlsAuthorities: values['ca.crt'] ?? '' };
}
