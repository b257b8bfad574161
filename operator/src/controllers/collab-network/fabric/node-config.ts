import { ordererConfig, peerConfig } from '@collabnet/fabric-network/node';
import type { KubeObject } from '../../../runtime/index.ts';
import { MOUNTS, nodeLabels, nodeName, PORTS, type FabricNodePlan } from './node-plan.ts';

const ANY = '0.0.0.0';
/** Folder of the image with the external builder. */
const CHAINCODE_BUILDER = '/opt/collabnet/builders/ccaas';

/** Name and content of the file that a node reads its settings from. */
export function nodeConfiguration(plan: Omit<FabricNodePlan, 'material'>): { file: string; content: string } {
  const common = {
    mspId: plan.mspId,
    paths: { msp: MOUNTS.msp, tls: MOUNTS.tls, data: MOUNTS.data },
    listen: { host: ANY, port: PORTS[plan.role] },
    operations: { host: ANY, port: PORTS.health },
  };
  if (plan.role === 'orderer') {
    return { file: 'orderer.yaml', content: text(ordererConfig({ ...common, admin: { host: ANY, port: PORTS.admin } })) };
  }
  const snapshots = plan.snapshots === undefined ? {} : { snapshots: MOUNTS.snapshots };
  return { file: 'core.yaml', content: text(peerConfig({ ...common, ...snapshots, id: nodeName(plan), address: plan.address, externalAddress: plan.advertised, ...(plan.sibling !== undefined && { sibling: plan.sibling }), ordererOverrides: plan.ordererOverrides, chaincodeBuilder: CHAINCODE_BUILDER })) };
}

/** Nothing in it is secret. */
export function nodeConfigMap(plan: FabricNodePlan): KubeObject & { data: Record<string, string> } {
  const { file, content } = nodeConfiguration(plan);
  return { metadata: { name: nodeName(plan), labels: nodeLabels(plan) }, data: { [file]: content } };
}

/** JSON is YAML. */
function text(config: object): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
