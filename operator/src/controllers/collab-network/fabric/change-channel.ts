import { anyNode, broadcast, computeUpdate, fetchConfigBlock, readConfigBlock, signUpdate, updateEnvelope, type ChannelConfig, type ConfigChange } from '@collabnet/fabric-network';
import { signerOf, nodeAddress } from './fabric-clients.ts';
import { asFabricWait, onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import type { NodeKey } from './node-plan.ts';

type ConfigBlock = Awaited<ReturnType<typeof fetchConfigBlock>>;

/** Answers of orderers take no longer than this, ms. */
const ANSWER_MS = 5_000;

/**
 * The newest configuration block that one of these orderers has. The peer's may be older, and a change computed on it
 * would be refused.
 *
 * @throws WaitError when none answers
 */
export async function newestConfigBlock(fabric: FabricRun, orderers: readonly NodeKey[]): Promise<{ block: ConfigBlock; config: ChannelConfig }> {
  const signer = signerOf(fabric);
  const answers = await Promise.allSettled(
    orderers.map(async (key) => {
      const block = await fetchConfigBlock(nodeAddress(fabric, key), fabric.channel, signer, { timeoutMs: ANSWER_MS });
      return { block, config: readConfigBlock(block, fabric.channel) };
    }),
  );
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [newest] = found.sort((one, other) => other.config.sequence - one.config.sequence);
  if (newest !== undefined) return newest;
  const reasons: unknown[] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  throw asFabricWait(reasons[0] ?? new Error('step order: no orderer is known'), 'reading the configuration of the channel');
}

/**
 * Hands a change that the own administrator may decide to one of these orderers. Accepted is not in force: whoever calls
 * looks again, and an update that came too late or was lost is made anew.
 *
 * @throws WaitError when none takes it
 */
export async function changeChannel(fabric: FabricRun, config: ChannelConfig, change: ConfigChange, orderers: readonly NodeKey[]): Promise<void> {
  const signer = signerOf(fabric);
  await onFabric('changing the channel', async () => {
    const update = computeUpdate(config, change);
    const envelope = await updateEnvelope(fabric.channel, update, [await signUpdate(update, signer)], signer);
    await anyNode(orderers.map((key) => nodeAddress(fabric, key)), (node) => broadcast(node, envelope, ANSWER_MS));
  });
}
