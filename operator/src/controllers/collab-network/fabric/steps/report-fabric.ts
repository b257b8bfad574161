import type { CollabNetworkStatus } from '@collabnet/crds';
import { WaitError } from '../../../../runtime/index.ts';
import { ordererAdmin, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { readNodeGauge } from '../node-gauge.ts';
import { nodeName } from '../node-plan.ts';
import { reportCertificates } from './report-certificates.ts';

const RECHECK_MS = 2_000;
/** Gauge of an orderer; its administration does not tell. */
const LEADS = 'consensus_etcdraft_is_leader';

/** Shows the own nodes, the contracts in force and the first end of a certificate. */
export async function reportFabric(fabric: FabricRun): Promise<void> {
  const { run, channel, mspId, expires } = fabric;
  const orderers = [];
  let leader: string | undefined;
  for (const key of fabric.orderers) {
    const found = await ordererAdmin(fabric, key).channel(channel).catch(() => 'unreachable' as const);
    const name = nodeName(key);
    orderers.push(typeof found === 'object' ? { name, state: found.status, relation: found.consensusRelation, height: found.height } : { name, state: found ?? 'absent' });
    if (found !== 'unreachable' && (await readNodeGauge(run.services.fabric.metrics(key), LEADS, channel)) === 1) leader = name;
  }
  const height = await onFabric('looking at the peer', () => peerAdmin(fabric).height(channel));
  run.ctx.status.fabric = {
    channel,
    mspID: mspId,
    peers: peersOf(fabric, height),
    ...(fabric.livePeers !== undefined && { livePeers: fabric.livePeers }),
    orderers,
    ...(leader !== undefined && { leader }),
    contracts: inForce(fabric),
    certificatesExpire: new Date(expires).toISOString(),
    ...(fabric.snapshots !== undefined && { snapshots: fabric.snapshots }),
  };
  reportHealth(fabric, fabric.problems[0]);
  const { contracts, contractsWait } = fabric;
  run.ctx.setCondition({
    type: 'ContractsAgreed',
    status: contractsWait === undefined ? 'True' : 'False',
    reason: contractsWait?.reason ?? 'InForce',
    message: contractsWait?.message ?? `the contracts of this release, ${contracts.version}, are in force`,
  });
  await reportCertificates(fabric);
}

/** In the order of their numbers. */
function peersOf({ peers, peer, otherPeers }: FabricRun, height: number): NonNullable<CollabNetworkStatus['fabric']>['peers'] {
  return peers.map((key) => {
    const known = key === peer ? height : otherPeers.find((look) => look.key === key)?.height;
    return { name: nodeName(key), ...(known !== undefined && { height: known }) };
  });
}

/** Whether nodes and contracts serve. @param problem why not; also what keeps the steps from coming to their end */
export function reportHealth({ run }: FabricRun, problem: WaitError | undefined): void {
  run.ctx.setCondition({
    type: 'FabricHealthy',
    status: problem === undefined ? 'True' : 'False',
    reason: problem?.reason ?? 'NodesServe',
    message: problem?.message ?? 'nodes and contracts of this institution serve',
  });
}

function inForce({ contractsInForce, contractsWait }: FabricRun): { version: string; sequence: number } {
  if (contractsInForce !== undefined) return { version: contractsInForce.version, sequence: contractsInForce.sequence };
  throw contractsWait ?? new WaitError('ContractsNotCommitted', 'no contracts are in force on the channel yet', RECHECK_MS);
}
