import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { CORE, isNotFound, type ResourceType } from '../../../runtime/index.ts';
import type { NetworkRun } from '../network-run.ts';
import { chaincodeName } from './chaincode-workload.ts';
import { fabricNames } from './names.ts';
import { nodeName } from './node-plan.ts';

/** Takes away what a candidate has that the members refused. The peer's volume goes with its StatefulSet. */
export async function removeCandidate(run: NetworkRun): Promise<void> {
  const { network, ctx } = run;
  const peer = nodeName({ network, role: 'peer', ordinal: 0 });
  const chaincode = chaincodeName({ network, version: CONTRACTS_VERSION });
  const objects: [ResourceType, string][] = [
    [CORE.statefulSet, peer],
    [CORE.deployment, chaincode],
    ...[peer, chaincode].map((name): [ResourceType, string] => [CORE.service, name]),
    [CORE.configMap, peer],
    ...[peer, ...Object.values(fabricNames(network))].map((name): [ResourceType, string] => [CORE.secret, name]),
  ];
  let removed = false;
  for (const [type, name] of objects) {
    if ((await ctx.client.find(type, name)) === undefined) continue;
    removed = true;
    await ctx.client.delete(type, name).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  if (removed) ctx.event({ type: 'Normal', reason: 'NodesRemoved', message: 'the peer and contracts of the refused request, with their keys' });
}
