import { blockFromText } from '@collabnet/fabric-network';
import { peerAdmin } from '../fabric-clients.ts';
import { asProblem, onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { FIRST_BLOCK } from '../names.ts';
import { nodeName } from '../node-plan.ts';

/**
 * Joins the institution's further peers to the channel, once it is on it by the first. They get the blocks from the orderers
 * and what is private to the institution from each other, so nobody else has to agree.
 */
export async function joinOtherPeers(fabric: FabricRun): Promise<void> {
  const { run, channel, names, otherPeers } = fabric;
  for (const { key, height, hindrance } of otherPeers) {
    if (height !== undefined || hindrance !== undefined) continue;
    const text = (await run.services.secrets.read(names.channel))?.[FIRST_BLOCK];
    if (text === undefined) return;
    await asProblem(fabric, async () => {
      await onFabric(`joining ${nodeName(key)} to the channel`, () => peerAdmin(fabric, key).join(blockFromText(text, `Secret ${names.channel}, ${FIRST_BLOCK}`)));
      run.ctx.event({ type: 'Normal', reason: 'ChannelJoined', message: `${nodeName(key)} has joined channel ${channel}` });
    });
  }
}
