import type { CollabNetwork } from '@collabnet/crds';
import { EmbeddedLedgerClient, NatsLedgerTransport, openReplicaState } from '@collabnet/ledger';
import { headsSubject, ledgerEventsSubject, ledgerSubject, memberToken, networkToken } from '@collabnet/messaging';
import type { Logger, Metrics, Tracer } from '@collabnet/telemetry';
import type { LocalNats } from '../../institution/local-nats.ts';
import type { SigningKey } from '../../institution/network-session.ts';
import { observeSubmits } from '../../institution/observe-submits.ts';
import type { SecretStore } from '../../institution/secret-store.ts';
import { sleep, systemClock, type Informer, type Runnable } from '../../runtime/index.ts';
import type { FollowedLedger } from './followed-ledger.ts';
import type { NetworkAccess } from './network-run.ts';
import { accessSecret, readAccess } from './steps/load-access.ts';

/** How often a standby looks for networks that it does not follow yet, ms. */
const LOOK_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;

export interface LedgerReplicasOptions {
  readonly secrets: SecretStore;
  readonly nats: Pick<LocalNats, 'connect'>;
  readonly networks: Informer<CollabNetwork>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  /** Folder for verified replicas, kept over restarts of the process; undefined: in memory. */
  readonly cache: string | undefined;
}

/**
 * The verified replicas of this process, one a network. A standby follows the ledgers like the leader does, because a
 * long chain takes minutes to verify, and a leader that only begins then would authorise nothing meanwhile.
 */
export class LedgerReplicas implements Runnable {
  readonly name = 'ledger-replicas';
  readonly leaderOnly = false;
  readonly #options: LedgerReplicasOptions;
  readonly #opening = new Map<string, Promise<FollowedLedger>>();
  readonly #open = new Map<string, FollowedLedger>();
  readonly #signers = new Map<string, () => Promise<SigningKey>>();

  constructor(options: LedgerReplicasOptions) {
    this.#options = options;
  }

  /**
   * The replica of a network, begun when it is first asked for. Does not wait for blocks.
   *
   * @throws MessagingError CONNECT_FAILED, or the signal's reason; LedgerError STORE_FAILED; WaitError FabricNotProvisioned
   */
  async open(network: CollabNetwork, access: NetworkAccess, signal: AbortSignal): Promise<FollowedLedger> {
    const { name } = network.metadata;
    const opening = this.#opening.get(name) ?? this.#follow(network, access, signal);
    this.#opening.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      // Asked for again, it is tried again.
      this.#opening.delete(name);
      throw error;
    }
  }

  /** Whoever works with a network signs the statements of its head, with the key that is in force then. */
  signHeads(name: string, key: () => Promise<SigningKey>): void {
    this.#signers.set(name, key);
  }

  all(): { name: string; ledger: FollowedLedger }[] {
    return [...this.#open].map(([name, ledger]) => ({ name, ledger }));
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#options.networks.synced;
    while (!signal.aborted) {
      for (const network of this.#options.networks.list()) await this.#prepare(network, signal);
      await sleep(systemClock, LOOK_MS, signal);
    }
  }

  /** Follows a network no more. */
  async drop(name: string): Promise<void> {
    const ledger = this.#open.get(name);
    this.#open.delete(name);
    this.#opening.delete(name);
    this.#signers.delete(name);
    await ledger?.close();
  }

  /** Closes all replicas. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((ledger) => ledger.close()));
  }

  async #prepare(network: CollabNetwork, signal: AbortSignal): Promise<void> {
    const { secrets, logger } = this.#options;
    const { name } = network.metadata;
    if (this.#opening.has(name)) return;
    try {
      const access = await readAccess(secrets, accessSecret(network));
      if (access === undefined || access.left || access.expelled) return;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
      await this.open(network, access, limit);
    } catch (error) {
      // What is missing is made by the leader; that the network is not ready is said by its own reconcile.
      logger.debug({ err: error, network: name }, 'the ledger cannot be followed yet');
    }
  }

  async #follow(network: CollabNetwork, access: NetworkAccess, signal: AbortSignal): Promise<FollowedLedger> {
    const { metrics, tracer } = this.#options;
    const { name } = network.metadata;
    const ledger = network.spec.ledger.driver === 'fabric' ? await this.#openFabric(network, access) : await this.#connect(name, access, signal);
    observeSubmits(ledger, { network: name, self: access.did, metrics, tracer });
    ledger.start();
    this.#open.set(name, ledger);
    return ledger;
  }

  /** Loaded only where a network is on Fabric: its client takes memory. */
  async #openFabric(network: CollabNetwork, access: NetworkAccess): Promise<FollowedLedger & { start(): void }> {
    const { secrets, logger, cache } = this.#options;
    const { openFabricReplica } = await import('./fabric/open-replica.ts');
    return openFabricReplica({ network, networkId: access.networkId, secrets, cache, logger });
  }

  async #connect(name: string, access: NetworkAccess, signal: AbortSignal): Promise<EmbeddedLedgerClient> {
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
    return new EmbeddedLedgerClient({
      networkId: access.networkId,
      transport,
      state: openReplicaState(cache, access.networkId),
      // A standby signs nothing: it only follows.
      headSigner: { did: access.did, key: async () => this.#signers.get(name)?.() },
      onError: (error) => logger.warn({ err: error, network: name }, 'ledger not reachable'),
    });
  }
}
