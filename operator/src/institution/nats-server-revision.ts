import { CORE, type KubeClient } from '../runtime/index.ts';

const ANNOTATION = 'collabnet.dev/config-revision';

/**
 * Makes the chart's StatefulSet `name` run with configuration `revision`: a changed pod-template annotation restarts
 * the server. Does nothing while the revision is the one in place.
 */
export async function rollOutRevision(client: KubeClient, name: string, revision: string): Promise<void> {
  const set = await client.find<{ metadata: { name: string }; spec?: { template?: { metadata?: { annotations?: Record<string, string> } } } }>(CORE.statefulSet, name);
  if (set === undefined || set.spec?.template?.metadata?.annotations?.[ANNOTATION] === revision) return;
  await client.patch(CORE.statefulSet, name, { spec: { template: { metadata: { annotations: { [ANNOTATION]: revision } } } } }, { strategy: 'merge' });
}
