import type { KubeObject } from '../../../runtime/index.ts';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';
import { nodeLabels, nodeName, nodeSelector, PORTS, roleSelector, type FabricNodePlan, type NodeKey } from './node-plan.ts';

/**
 * Service of one node, with the port of its address. It gives pods that are not ready as well: orderers need each other
 * to become ready.
 */
export function nodeService(plan: NodeKey & Pick<FabricNodePlan, 'address' | 'snapshots'>): KubeObject {
  const object = {
    metadata: { name: nodeName(plan), labels: nodeLabels(plan) },
    spec: {
      selector: nodeSelector(plan),
      publishNotReadyAddresses: true,
      ports: [
        { name: 'grpc', port: plan.address.port, targetPort: 'grpc' },
        ...(plan.role === 'orderer' ? [{ name: 'admin', port: PORTS.admin, targetPort: 'admin' }] : []),
        { name: 'health', port: PORTS.health, targetPort: 'health' },
        ...(plan.snapshots === undefined ? [] : [{ name: 'snapshots', port: PORTS.snapshots, targetPort: 'snapshots' }]),
      ],
    },
  };
  return object;
}

export function roleDisruptionBudgetName({ network, role }: Pick<NodeKey, 'network' | 'role'>): string {
  return `fabric-${network.metadata.name}-${role}`;
}

/**
 * Keeps a drain from taking more than one node of a role at a time: Raft of three survives one. Undefined for a single
 * node, because a budget that lets it go protects nothing, and one that does not blocks every drain for ever.
 *
 * @param nodes of this role at this institution
 */
export function roleDisruptionBudget(key: Pick<NodeKey, 'network' | 'role'>, nodes: number): KubeObject | undefined {
  if (nodes < 2) return undefined;
  const object = {
    metadata: { name: roleDisruptionBudgetName(key), labels: { ...OPERATOR_LABELS, ...roleSelector(key) } },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: roleSelector(key) },
      // A pod that is not well anyway does not hold up a drain.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
  return object;
}
