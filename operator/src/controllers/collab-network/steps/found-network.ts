import { randomBytes } from 'node:crypto';
import { CONTRACTS_VERSION, DEFAULT_RIGHTS, DEFAULT_RULES, networkIdOf, type GenesisPayload, type NetworkRules } from '@collabnet/contracts';
import { formatDid } from '@collabnet/did';
import { canonicalJson } from '@collabnet/envelope';
import { parseDuration } from '@collabnet/flow';
import { memberToken, networkToken } from '@collabnet/messaging';
import { generateSm2KeyPair } from '@collabnet/sm';
import { StalledError } from '../../../runtime/index.ts';
import { ledgerNames } from '../build/ledger-host.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { accessSecret } from './load-access.ts';
import { institutionOf } from './load-identity.ts';

type Founding = NonNullable<NetworkRun['network']['spec']['founding']>;

/**
 * Founds the network: a genesis signed by this institution, written to a Secret before anything uses it, so that a
 * crash at any line leads to the same network. Does nothing for an institution that joins.
 */
export async function foundNetwork(run: NetworkRun): Promise<void> {
  const { founding } = run.network.spec;
  if (founding === undefined) return;
  if (!run.services.config.hub.enabled) {
    throw new StalledError('HubNotInstalled', 'spec.founding: the founder hosts the hub, which this release does not install; set hub.enabled=true in its Helm values');
  }
  if (institutionOf(run).persons.length === 0) {
    throw new StalledError('PersonMissing', 'spec.personRefs: name at least one Person with role DataManager or SecurityOfficer; only persons can vote on who joins');
  }
  const { hub, secrets } = run.services;
  const names = ledgerNames(run.network);
  const { caPem } = await hub.ensure([]);
  const seed = await secrets.ensure(names.secret, () => newGenesis(run, founding, caPem));
  const payload = (JSON.parse(seed['genesis.json'] ?? '') as { payload: GenesisPayload }).payload;
  const networkId = networkIdOf(payload);
  const net = networkToken(networkId);
  await hub.ensure([net]);
  const did = formatDid(networkId, payload.founder.subjectCode);
  if (run.network.spec.ledger.driver === 'embedded') {
    await secrets.ensure(names.hostSecret, async () => ({
      'genesis.json': seed['genesis.json'] ?? '',
      'signing.key': seed['signing.key'] ?? '',
      'nats.creds': await hub.ledgerHostCreds(net),
      'hub-ca.crt': caPem,
    }));
  }
  await secrets.ensure(accessSecret(run.network), async () => {
    const creds = await hub.memberCredentials(net, memberToken(did));
    return {
      'access.json': JSON.stringify({ networkId, did, hubUrl: founding.hubURL }),
      'hub-ca.crt': caPem,
      'control.creds': creds.control,
      'data.creds': creds.data,
    };
  });
  run.ctx.status.membership = 'Founder';
}

async function newGenesis(run: NetworkRun, founding: Founding, caPem: string): Promise<Record<string, string>> {
  const { hubClientURL, displayName } = founding;
  const signing = generateSm2KeyPair();
  const payload: GenesisPayload = {
    schema: 'collabnet.dev/genesis/v1',
    displayName: displayName ?? run.network.spec.displayName,
    createdAt: run.ctx.clock.now(),
    founder: institutionOf(run),
    // Orderers of Fabric sign their blocks with certificates of the channel; the key then stays unused.
    ledger: { driver: run.network.spec.ledger.driver, blockSigningKey: signing.publicKey, hub: { url: hubClientURL, caPem } },
    rights: DEFAULT_RIGHTS,
    contractsVersion: CONTRACTS_VERSION,
    rules: rulesOf(founding),
    salt: randomBytes(32).toString('hex'),
  };
  const signature = await required(run.keys, 'keys').sign(canonicalJson(payload));
  return { 'genesis.json': JSON.stringify({ payload, signature }), 'signing.key': signing.privateKey };
}

/** A network that names none of them is founded without: its id is the digest of what it was founded with. */
function rulesOf({ recoveryLock, admissionLapse }: Founding): NetworkRules {
  return {
    ...DEFAULT_RULES,
    ...(recoveryLock !== undefined && { recoveryLockMs: parseDuration(recoveryLock, 'recoveryLock') }),
    ...(admissionLapse !== undefined && { admissionLapseMs: parseDuration(admissionLapse, 'admissionLapse') }),
  };
}
