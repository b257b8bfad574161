import { blockFromText } from '@collabnet/fabric-network';
import { StalledError, WaitError } from '../../../../runtime/index.ts';
import { FIRST_BLOCK } from '../names.ts';
import { configOf, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { restorePeer, snapshotToRestore } from '../restore-peer.ts';

const RECHECK_MS = 1_000;
/** Reason of an institution that is leaving and whose peer the members have taken off the channel. */
export const OFF_THE_CHANNEL = 'OffTheChannel';
/** Reason of a member that the channel does not have yet. */
export const AWAITING_CHANNEL = 'AwaitingChannel';

/**
 * Joins the own peer to the channel with its first block, or with the snapshot that a person wants it to begin with, and
 * waits until the members have let it in.
 */
export async function joinChannel(fabric: FabricRun): Promise<void> {
  const { run, channel, names } = fabric;
  const peer = peerAdmin(fabric);
  const joined = await onFabric('looking at the peer', () => peer.channels());
  if (!joined.includes(channel)) {
    const snapshot = snapshotToRestore(fabric);
    if (snapshot !== undefined) await restorePeer(fabric, snapshot);
    const text = (await run.services.secrets.read(names.channel))?.[FIRST_BLOCK];
    if (text === undefined) throw new StalledError('FirstBlockMissing', `Secret ${names.channel} with the first block of the channel is gone; restore it from its backup, or get ${FIRST_BLOCK} from another member, where a Secret has it too`);
    await onFabric('joining the peer to the channel', () => peer.join(blockFromText(text, `Secret ${names.channel}, ${FIRST_BLOCK}`)));
    run.ctx.event({ type: 'Normal', reason: 'ChannelJoined', message: `the peer has joined channel ${channel}` });
  }
  await configOf(fabric).catch((error: unknown) => {
    if (!(error instanceof WaitError) || error.reason !== 'FabricNodeRefused') throw error;
    if (run.access?.leaving === true) throw new WaitError(OFF_THE_CHANNEL, `channel ${channel} does not have ${fabric.mspId} any more`, RECHECK_MS, { cause: error });
    // The channel that the peer knows so far does not have this institution.
    throw new WaitError(AWAITING_CHANNEL, `channel ${channel} does not have ${fabric.mspId} as far as the own peer knows: the members are changing it, or the peer is catching up, or they have expelled this institution while its operator was away`, RECHECK_MS, { cause: error });
  });
}
