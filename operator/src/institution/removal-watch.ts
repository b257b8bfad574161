import { CORE, type Informer, type KubeObject, type Manager } from '../runtime/index.ts';

/**
 * Notices that the operator's own Deployment goes away, while it can still be noticed: an uninstall takes the
 * ServiceAccount too, and afterwards every question is answered with 401, as for a pod deleted by force.
 */
export class RemovalWatch {
  #seen = false;

  constructor(manager: Manager, namespace: string, deployment = 'operator') {
    const informer: Informer<KubeObject> = manager.informer<KubeObject>(CORE.deployment, { namespace, fieldSelector: `metadata.name=${deployment}`, metadataOnly: true });
    informer.on({
      update: (object) => {
        if (object.metadata.deletionTimestamp !== undefined) this.#seen = true;
      },
      delete: () => {
        this.#seen = true;
      },
    });
  }

  /** Whether the Deployment was deleted while this process watched. */
  get seen(): boolean {
    return this.#seen;
  }
}
