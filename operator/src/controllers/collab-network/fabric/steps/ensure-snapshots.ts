import { parseDuration } from '@collabnet/flow';
import { PeerSnapshots } from '@collabnet/fabric-network';
import { CORE, isKubeError, WaitError } from '../../../../runtime/index.ts';
import { signerOf, nodeAddress, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { nodeName } from '../node-plan.ts';
import { readSnapshotMetrics, type SnapshotCount } from '../snapshot-metrics.ts';
import { snapshotState } from '../snapshot-state.ts';
import { snapshotClaim, snapshotPeer } from '../snapshot-volume.ts';

const CONDITION = 'SnapshotsFresh';

/** The volume for the snapshots, before the peer that mounts it. Like the ledger it has no owner: a backup outlives the resource. */
export async function ensureSnapshotClaim(fabric: FabricRun): Promise<void> {
  const claim = snapshotClaim(fabric);
  const { ctx } = fabric.run;
  if (claim === undefined) return;
  try {
    await ctx.applier.apply(CORE.persistentVolumeClaim, claim);
  } catch (error) {
    // Most of a claim cannot be changed, and a size only where its storage class lets it grow.
    if (!isKubeError(error, 'KUBE_INVALID', 'KUBE_FORBIDDEN')) throw error;
    const exists = (await ctx.client.find(CORE.persistentVolumeClaim, claim.metadata.name)) !== undefined;
    fabric.snapshotClaimRefused = { exists, reason: `spec.ledger.fabric.snapshots.storage: ${error.message}` };
  }
}

/** Has the peer take a snapshot when one is due, and says how old the last one is. A backup that fails hinders nothing else. */
export async function ensureSnapshots(fabric: FabricRun): Promise<void> {
  const { run, channel, names } = fabric;
  const wanted = run.network.spec.ledger.fabric?.snapshots;
  if (wanted === undefined) return notWanted(fabric);
  const count = await readSnapshotMetrics(run.services.fabric.snapshotMetrics(snapshotPeer(fabric)));
  const height = await onFabric('looking at the peer', () => peerAdmin(fabric).height(channel));
  const intervalMs = parseDuration(wanted.interval, 'spec.ledger.fabric.snapshots.interval');
  const state = snapshotState({ count, newestBlock: height - 1, intervalMs, now: run.ctx.clock.now() });
  const refusal = state.due ? await take(fabric) : undefined;
  fabric.snapshots = shown(names.snapshots, count);
  const claim = fabric.snapshotClaimRefused?.reason;
  run.ctx.setCondition({
    type: CONDITION,
    status: state.fresh && claim === undefined ? 'True' : 'False',
    reason: claim === undefined ? state.reason : 'ClaimRefused',
    message: [claim, state.message, refusal].filter((part) => part !== undefined).join('. '),
  });
}

/** What was said while they were wanted must not stay. */
function notWanted({ run: { network, ctx } }: FabricRun): void {
  if (network.status?.conditions?.some(({ type }) => type === CONDITION) !== true) return;
  ctx.setCondition({ type: CONDITION, status: 'Unknown', reason: 'NotWanted', message: 'spec.ledger.fabric.snapshots is not set' });
}

/** @returns why the peer does not */
async function take(fabric: FabricRun): Promise<string | undefined> {
  const { run, channel } = fabric;
  const peer = snapshotPeer(fabric);
  const snapshots = new PeerSnapshots(nodeAddress(fabric, peer), signerOf(fabric));
  try {
    await onFabric('taking a snapshot', async () => {
      if ((await snapshots.pending(channel)).length > 0) return;
      await snapshots.request(channel);
      run.ctx.event({ type: 'Normal', reason: 'SnapshotRequested', message: `${nodeName(peer)} takes a snapshot of channel ${channel}` });
    });
    return undefined;
  } catch (error) {
    if (error instanceof WaitError) return error.message;
    throw error;
  }
}

function shown(claim: string, count: SnapshotCount | undefined): NonNullable<FabricRun['snapshots']> {
  const last = count?.last;
  return { claim, count: count?.complete ?? 0, ...(last !== undefined && { lastBlock: last.block, lastTime: new Date(last.time).toISOString(), lastBytes: last.bytes }) };
}
