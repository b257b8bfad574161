import { CORE, type Informer, type KubeObject, type Manager } from '../runtime/index.ts';

/** What an uninstall and the removal of a namespace take away, in any order. */
const OWN = [CORE.deployment, CORE.serviceAccount];

/** An account that was deleted by mistake is made again by whoever sees it. */
const GRACE_MS = 3_000;

/**
 * Notices that the operator's own Deployment or ServiceAccount goes away, while it can still be noticed: without its account
 * every question is answered with 401, as for a pod deleted by force.
 */
export class RemovalWatch {
  readonly #gone = new Set<string>();
  #listener: (() => void) | undefined;

  constructor(manager: Manager, namespace: string, name = 'operator') {
    for (const type of OWN) {
      const informer: Informer<KubeObject> = manager.informer<KubeObject>(type, { namespace, fieldSelector: `metadata.name=${name}`, metadataOnly: true });
      const look = ({ metadata }: KubeObject): void => void (metadata.deletionTimestamp === undefined ? this.#gone.delete(type.kind) : this.#note(type.kind));
      informer.on({ add: look, update: look, delete: () => this.#note(type.kind) });
    }
  }

  /** Whether one of them was deleted while this process watched, and not made again. */
  get seen(): boolean {
    return this.#gone.size > 0;
  }

  /** Calls once one has been away for a moment: its own pod may be ended long after, when the NATS server has gone. */
  whenSeen(listener: () => void): void {
    this.#listener = listener;
  }

  #note(kind: string): void {
    this.#gone.add(kind);
    setTimeout(() => {
      if (this.seen) this.#listener?.();
    }, GRACE_MS).unref();
  }
}
