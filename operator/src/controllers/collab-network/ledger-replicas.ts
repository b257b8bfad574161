import type { CollabNetwork } from '@collabnet/crds';
import { EmbeddedLedgerClient, LedgerError, NatsLedgerTransport, openReplicaState } from '@collabnet/ledger';
import { headsSubject, ledgerEventsSubject, ledgerSubject, memberToken, networkToken } from '@collabnet/messaging';
import type { Logger, Metrics } from '@collabnet/telemetry';
import { PARTICIPANT_DID } from '../kinds.ts';
import { ensureInstitutionKeys, keySecretName } from '../../institution/key-secret.ts';
import type { InstitutionKeys } from '../../institution/institution-keys.ts';
import type { LocalNats } from '../../institution/local-nats.ts';
import type { SecretStore } from '../../institution/secret-store.ts';
import { sleep, systemClock, type Informer, type KubeClient, type KubeObject, type Runnable } from '../../runtime/index.ts';
import type { NetworkAccess } from './network-run.ts';
import { accessSecret, readAccess } from './steps/load-access.ts';

/** How often a standby looks for networks that it does not follow yet, ms. */
const LOOK_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;

export interface LedgerReplicasOptions {
  readonly client: KubeClient;
  readonly secrets: SecretStore;
  readonly nats: Pick<LocalNats, 'connect'>;
  readonly networks: Informer<CollabNetwork>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Folder for verified replicas, kept over restarts of the process; undefined: in memory. */
  readonly cache: string | undefined;
}

type Participant = Parameters<typeof keySecretName>[0] & KubeObject;

/**
 * The verified replicas of this process, one a network. A standby follows the ledgers like the leader does, because a
 * long chain takes minutes to verify, and a leader that only begins then would authorise nothing meanwhile.
 */
export class LedgerReplicas implements Runnable {
  readonly name = 'ledger-replicas';
  readonly leaderOnly = false;
  readonly #options: LedgerReplicasOptions;
  readonly #opening = new Map<string, Promise<EmbeddedLedgerClient>>();
  readonly #open = new Map<string, EmbeddedLedgerClient>();

  constructor(options: LedgerReplicasOptions) {
    this.#options = options;
    options.metrics.gauge('ledger_verified_height', 'Height of the newest block that this process has verified', ['network'], (gauge) => {
      for (const [network, ledger] of this.#open) gauge.set({ network }, heightOf(ledger));
    });
  }

  /**
   * The replica of a network, begun when it is first asked for. Does not wait for blocks.
   *
   * @throws MessagingError CONNECT_FAILED, or the signal's reason; LedgerError STORE_FAILED
   */
  async open(name: string, access: NetworkAccess, keys: InstitutionKeys, signal: AbortSignal): Promise<EmbeddedLedgerClient> {
    const opening = this.#opening.get(name) ?? this.#connect(name, access, keys, signal);
    this.#opening.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      // Asked for again, it is tried again.
      this.#opening.delete(name);
      throw error;
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#options.networks.synced;
    while (!signal.aborted) {
      for (const network of this.#options.networks.list()) await this.#prepare(network, signal);
      await sleep(systemClock, LOOK_MS, signal);
    }
  }

  /** Closes all replicas. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((ledger) => ledger.close()));
  }

  async #prepare(network: CollabNetwork, signal: AbortSignal): Promise<void> {
    const { client, secrets, logger } = this.#options;
    const { name } = network.metadata;
    if (this.#opening.has(name)) return;
    try {
      const access = await readAccess(secrets, accessSecret(network));
      const participant = await client.find<Participant>(PARTICIPANT_DID, network.spec.didRef.name);
      if (access === undefined || participant === undefined) return;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
      await this.open(name, access, await ensureInstitutionKeys(secrets, keySecretName(participant)), limit);
    } catch (error) {
      // What is missing is made by the leader; that the network is not ready is said by its own reconcile.
      logger.debug({ err: error, network: name }, 'the ledger cannot be followed yet');
    }
  }

  async #connect(name: string, access: NetworkAccess, keys: InstitutionKeys, signal: AbortSignal): Promise<EmbeddedLedgerClient> {
    const { nats, logger, cache } = this.#options;
    const net = networkToken(access.networkId);
    const self = memberToken(access.did);
    const control = await nats.connect(net, self, 'control', signal);
    const transport = new NatsLedgerTransport(control, {
      submit: ledgerSubject(net, self, 'submit'),
      blocks: ledgerSubject(net, self, 'blocks'),
      head: ledgerSubject(net, self, 'head'),
      announcements: ledgerEventsSubject(net),
      publishHead: headsSubject(net, self),
      heads: headsSubject(net),
    });
    const ledger = new EmbeddedLedgerClient({
      networkId: access.networkId,
      transport,
      state: openReplicaState(cache, access.networkId),
      headSigner: { did: access.did, keyId: `${access.did}#${keys.signKeyFragment}`, sign: (message) => keys.sign(message) },
      onError: (error) => logger.warn({ err: error, network: name }, 'ledger not reachable'),
    });
    ledger.start();
    this.#open.set(name, ledger);
    return ledger;
  }
}

function heightOf(ledger: EmbeddedLedgerClient): number {
  try {
    return ledger.head().height;
  } catch (error) {
    if (error instanceof LedgerError) return -1;
    throw error;
  }
}
