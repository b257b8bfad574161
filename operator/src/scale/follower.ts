import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { Informer, type KubeClient, type KubeObject, type ResourceType } from '../runtime/index.ts';

/** Follows a kind with a watch of the bench's own, straight to the API server, so that waiting costs it little. */
export async function follow<T extends KubeObject>(client: KubeClient, type: ResourceType): Promise<Informer<T>> {
  const informer = new Informer<T>({ client, type, logger: silentLogger(), metrics: createMetrics('bench') });
  informer.start();
  await informer.synced;
  return informer;
}

/** Resolves when `holds`, judged at every change. @throws Error naming `what` after `timeoutMs` */
export async function until<T extends KubeObject>(informer: Informer<T>, what: string, holds: () => boolean, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = (): void => {
    if (holds()) resolve();
  };
  const timer = setTimeout(() => reject(new Error(`${what}: not within ${timeoutMs} ms`)), timeoutMs);
  const off = informer.on({ add: look, update: look, delete: look });
  look();
  try {
    await promise;
  } finally {
    off();
    clearTimeout(timer);
  }
}
