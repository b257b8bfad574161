import { CORE, deleteIgnoreMissing, type KubeObject } from '../../../../runtime/index.ts';
import type { FabricRun } from '../fabric-run.ts';
import { nodeLabels, NODE_LABEL, roleSelector } from '../node-plan.ts';
import { roleDisruptionBudgetName } from '../node-service.ts';

/**
 * Ends the peers that the spec no longer asks for. No channel names them, so nobody else has to know. Their Secrets and
 * volumes stay, as of every node: asked for again, they go on where they were.
 */
export async function removeSparePeers(fabric: FabricRun): Promise<void> {
  const { run, peers } = fabric;
  const { client } = run.ctx;
  const role = { network: run.network, role: 'peer' } as const;
  const labelSelector = Object.entries(roleSelector(role)).map((pair) => pair.join('=')).join(',');
  const wanted = new Set(peers.map((key) => nodeLabels(key)[NODE_LABEL]));
  for (const { metadata } of await client.list<KubeObject>(CORE.statefulSet, { labelSelector })) {
    if (wanted.has(metadata.labels?.[NODE_LABEL])) continue;
    // By the StatefulSet it is found again after a failure in between.
    for (const type of [CORE.service, CORE.configMap, CORE.statefulSet]) await deleteIgnoreMissing(client, type, metadata.name);
    run.ctx.event({ type: 'Normal', reason: 'PeerRemoved', message: `${metadata.name}: spec.ledger.fabric.peers is ${peers.length}; its claim and its Secret stay` });
  }
  const budget = roleDisruptionBudgetName(role);
  if (peers.length === 1 && (await client.find(CORE.podDisruptionBudget, budget)) !== undefined) await deleteIgnoreMissing(client, CORE.podDisruptionBudget, budget);
}
