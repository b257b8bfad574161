import { followLedger } from './follow-ledger.ts';
import type { FollowLedgerOptions } from './follow-ledger.ts';
import type { Ledger } from './ledger.ts';
import type { FabricPeers, PoolNetwork } from './pool-network.ts';

export type FollowOnFabricOptions = Pick<FollowLedgerOptions, 'networkId' | 'cache' | 'logger'> & {
  /** As the configuration has it at the moment: peers come and go while a ledger is followed. */
  readonly fabric: () => FabricPeers;
};

export type LedgerPoolOptions = Pick<FollowLedgerOptions, 'client' | 'cache' | 'logger'> & {
  readonly signal: AbortSignal;
  /** Driver `fabric`, which this package does not load. */
  readonly followFabric: (options: FollowOnFabricOptions) => Promise<Ledger>;
};

/** The ledgers that a service follows, each begun when it is first asked for: networks may be joined while it runs. */
export class LedgerPool {
  readonly #options: LedgerPoolOptions;
  readonly #following = new Map<string, Promise<Ledger | undefined>>();
  readonly #ledgers = new Map<string, Ledger>();
  readonly #peers = new Map<string, FabricPeers>();

  constructor(options: LedgerPoolOptions) {
    this.#options = options;
  }

  /** The ledger, or undefined while it has not been reached. Never waits. @param network as it is configured now */
  get(network: PoolNetwork): Ledger | undefined {
    const { networkId, fabric } = network;
    if (fabric !== undefined) this.#peers.set(networkId, fabric);
    if (!this.#following.has(networkId)) this.#following.set(networkId, this.#follow(network));
    return this.#ledgers.get(networkId);
  }

  async close(): Promise<void> {
    for (const ledger of await Promise.all(this.#following.values())) await ledger?.close();
  }

  async #follow(network: PoolNetwork): Promise<Ledger | undefined> {
    const { logger, signal } = this.#options;
    try {
      const { networkId, fabric } = network;
      const options = { ...network, ...this.#options };
      const ledger = fabric === undefined ? await followLedger(options) : await this.#options.followFabric({ ...options, fabric: () => this.#peers.get(networkId) ?? fabric });
      this.#ledgers.set(network.networkId, ledger);
      return ledger;
    } catch (error) {
      // Asked for again, it is tried again: credentials may have come meanwhile.
      this.#following.delete(network.networkId);
      if (!signal.aborted) logger.error({ err: error, network: network.networkId }, 'the ledger cannot be followed');
      return undefined;
    }
  }
}
