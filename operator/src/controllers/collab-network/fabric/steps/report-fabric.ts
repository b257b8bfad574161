import { WaitError } from '../../../../runtime/index.ts';
import { CHAINCODE, definitionVersion } from '../chaincode-package.ts';
import { lifecycle, ordererAdmin, peerAdmin } from '../fabric-clients.ts';
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
    contracts: { version: definitionVersion(), sequence: await sequenceInForce(fabric) },
    certificatesExpire: new Date(expires).toISOString(),
    ...(fabric.snapshots !== undefined && { snapshots: fabric.snapshots }),
  };
  const [problem] = fabric.problems;
  run.ctx.setCondition({
    type: 'FabricHealthy',
    status: problem === undefined ? 'True' : 'False',
    reason: problem?.reason ?? 'NodesServe',
    message: problem?.message ?? 'orderers, peer and contracts of this institution serve',
  });
  await reportCertificates(fabric);
}

async function sequenceInForce(fabric: FabricRun): Promise<number> {
  const agreement = lifecycle(fabric);
  try {
    const committed = await onFabric('reading the definition of the contracts', () => agreement.committed(CHAINCODE));
    if (committed?.version === definitionVersion()) return committed.sequence;
    throw new WaitError('ContractsNotCommitted', `the peer does not know of contracts ${definitionVersion()} yet`, RECHECK_MS);
  } finally {
    agreement.close();
  }
}
