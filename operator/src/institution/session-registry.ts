import type { LedgerEvent } from '@collabnet/ledger';
import type { NetworkSession } from './network-session.ts';

/**
 * Sessions by CollabNetwork name. The CollabNetwork controller puts them in; all others wait for theirs. It is memory
 * only: after a restart the sessions are opened again from the cluster and the ledger.
 */
export class SessionRegistry {
  readonly #sessions = new Map<string, NetworkSession>();
  readonly #listeners = new Set<(network: string, events: LedgerEvent[]) => void>();

  get(network: string): NetworkSession | undefined {
    return this.#sessions.get(network);
  }

  all(): NetworkSession[] {
    return [...this.#sessions.values()];
  }

  set(session: NetworkSession): void {
    this.#sessions.set(session.name, session);
    session.ledger.onChange((events) => this.#notify(session.name, events));
    this.#notify(session.name, []);
  }

  /** Makes everything due that follows from a session, as when it opens; for a change that is on no ledger. */
  changed(network: string): void {
    this.#notify(network, []);
  }

  delete(network: string): void {
    this.#sessions.delete(network);
  }

  /** Called after each verified block, and once with no events when a session opens (then everything is due). */
  onChange(listener: (network: string, events: LedgerEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(network: string, events: LedgerEvent[]): void {
    for (const listener of this.#listeners) listener(network, events);
  }
}
