import { anyNode, broadcast, computeUpdate, signUpdate, updateEnvelope, type ChannelConfig, type ConfigChange } from '@collabnet/fabric-network';
import { ANSWER_MS, newestConfigBlockOf } from './channel-configuration.ts';
import { signerOf, nodeAddress } from './fabric-clients.ts';
import { onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import type { NodeKey } from './node-plan.ts';

/**
 * The newest configuration block that one of these own orderers has. The peer's may be older, and a change computed on it
 * would be refused.
 *
 * @throws WaitError when none answers
 */
export function newestConfigBlock(fabric: FabricRun, orderers: readonly NodeKey[]): ReturnType<typeof newestConfigBlockOf> {
  return newestConfigBlockOf(orderers.map((key) => nodeAddress(fabric, key)), fabric.channel, signerOf(fabric));
}

/**
 * Hands a change that the own administrator may decide to one of these orderers. Accepted is not in force: whoever calls
 * looks again, and an update that came too late or was lost is made anew.
 *
 * @throws WaitError when none takes it
 */
export async function submitOwnChange(fabric: FabricRun, config: ChannelConfig, change: ConfigChange, orderers: readonly NodeKey[]): Promise<void> {
  const signer = signerOf(fabric);
  await onFabric('changing the channel', async () => {
    const update = computeUpdate(config, change);
    const envelope = await updateEnvelope(fabric.channel, update, [await signUpdate(update, signer)], signer);
    await anyNode(orderers.map((key) => nodeAddress(fabric, key)), (node) => broadcast(node, envelope, ANSWER_MS));
  });
}
