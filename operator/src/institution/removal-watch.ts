import { CORE, type Informer, type KubeObject, type Manager } from '../runtime/index.ts';

/** What an uninstall and the removal of a namespace take away, in any order. */
const OWN = [CORE.deployment, CORE.serviceAccount];

/**
 * Notices that the operator's own Deployment or ServiceAccount goes away, while it can still be noticed: without its account
 * every question is answered with 401, as for a pod deleted by force.
 */
export class RemovalWatch {
  readonly #gone = new Set<string>();

  constructor(manager: Manager, namespace: string, name = 'operator') {
    for (const type of OWN) {
      const informer: Informer<KubeObject> = manager.informer<KubeObject>(type, { namespace, fieldSelector: `metadata.name=${name}`, metadataOnly: true });
      const look = ({ metadata }: KubeObject): void => void (metadata.deletionTimestamp === undefined ? this.#gone.delete(type.kind) : this.#gone.add(type.kind));
      informer.on({ add: look, update: look, delete: () => void this.#gone.add(type.kind) });
    }
  }

  /** Whether one of them was deleted while this process watched, and not made again. */
  get seen(): boolean {
    return this.#gone.size > 0;
  }
}
