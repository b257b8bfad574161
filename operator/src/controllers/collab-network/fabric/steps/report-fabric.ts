import { WaitError } from '../../../../runtime/index.ts';
import { ordererAdmin, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { nodeName } from '../node-plan.ts';
import { isLeader } from '../orderer-leader.ts';
import { reportCertificates } from './report-certificates.ts';

const RECHECK_MS = 2_000;

/** Shows the own nodes, the contracts in force and the first end of a certificate. */
export async function reportFabric(fabric: FabricRun): Promise<void> {
  const { run, channel, mspId, expires } = fabric;
  const orderers = [];
  let leader: string | undefined;
  for (const key of fabric.orderers) {
    const found = await ordererAdmin(fabric, key).channel(channel).catch(() => 'unreachable' as const);
    const name = nodeName(key);
    orderers.push(typeof found === 'object' ? { name, state: found.status, relation: found.consensusRelation, height: found.height } : { name, state: found ?? 'absent' });
    if (found !== 'unreachable' && (await isLeader(run.services.fabric.metrics(key), channel)) === true) leader = name;
  }
  const height = await onFabric('looking at the peer', () => peerAdmin(fabric).height(channel));
  run.ctx.status.fabric = {
    channel,
    mspID: mspId,
    peers: [{ name: nodeName(fabric.peer), height }],
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
