import { anyNode, broadcast, computeUpdate, fetchConfigBlock, readConfigBlock, signUpdate, updateEnvelope, type ChannelConfig, type ConfigChange } from '@collabnet/fabric-network';
import { ANSWER_MS, nodeAddress, signerOf } from './fabric-clients.ts';
import { asFabricWait, onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import type { NodeKey } from './node-plan.ts';

/** A configuration in the block that holds it: what a new orderer begins with. */
export interface ConfigBlock {
  readonly block: Awaited<ReturnType<typeof fetchConfigBlock>>;
  readonly config: ChannelConfig;
}

/**
 * The newest configuration block that one of these own orderers has. The peer's configuration may be older, and a change
 * computed on it would be refused. All are asked: one may lag behind.
 *
 * @throws WaitError when none gives one
 */
export async function newestConfigBlock(fabric: FabricRun, orderers: readonly NodeKey[]): Promise<ConfigBlock> {
  const { channel } = fabric;
  const answers = await Promise.allSettled(
    orderers.map(async (key) => {
      const block = await fetchConfigBlock(nodeAddress(fabric, key), channel, signerOf(fabric), { timeoutMs: ANSWER_MS });
      return { block, config: readConfigBlock(block, channel) };
    }),
  );
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [newest] = found.sort((one, other) => other.config.sequence - one.config.sequence);
  if (newest !== undefined) return newest;
  const reasons: unknown[] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  throw asFabricWait(reasons[0] ?? new Error('step order: no orderer is known'), 'reading the configuration of the channel from the orderers');
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
