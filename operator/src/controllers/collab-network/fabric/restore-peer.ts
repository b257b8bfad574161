import { PeerSnapshots } from '@collabnet/fabric-network';
import { StalledError, WaitError } from '../../../runtime/index.ts';
import { nodeAddress, signerOf } from './fabric-clients.ts';
import { onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import { nodeName } from './node-plan.ts';

/**
 * Annotation of a CollabNetwork with the block of a snapshot: a peer that has no ledger begins with that one instead of
 * the first block. It says nothing to a peer that has a ledger.
 */
export const RESTORE_ANNOTATION = 'collabnet.dev/restore-peer-from-snapshot';

const RECHECK_MS = 2_000;

/** The block of the snapshot that a person wants the peer to begin with. @throws StalledError */
export function snapshotToRestore({ run }: FabricRun): number | undefined {
  const text = run.network.metadata.annotations?.[RESTORE_ANNOTATION];
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new StalledError('SnapshotInvalid', `annotation ${RESTORE_ANNOTATION}: ${JSON.stringify(text)} is no block; give the name of a folder below completed/<channel> on the volume of the snapshots, or remove it`);
}

/** Has the peer begin with a snapshot. @throws WaitError until it has */
export async function restorePeer(fabric: FabricRun, block: number): Promise<never> {
  const { run, channel, peer } = fabric;
  const snapshots = new PeerSnapshots(nodeAddress(fabric, peer), signerOf(fabric));
  const what = `${nodeName(peer)} begins with the snapshot of block ${block}`;
  await onFabric(what, async () => {
    if ((await snapshots.joining()) !== undefined) return;
    await snapshots.join(`${run.services.fabric.snapshotFolder(peer)}/completed/${channel}/${block}`);
    run.ctx.event({ type: 'Normal', reason: 'PeerRestoring', message: what });
  });
  throw new WaitError('FabricPeerRestoring', what, RECHECK_MS);
}
