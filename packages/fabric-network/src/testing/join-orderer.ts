import { anyNode } from '../client/any-node.ts';
import { fetchConfigBlock } from '../client/orderer.ts';
import { eventually } from './eventually.ts';
import type { TestNetwork } from './test-network.ts';
import type { TestOrderer } from './test-orderer.ts';

/** Joins an orderer that stands in the configuration, by the newest configuration block of the others, and waits until it takes part. */
export async function joinOrderer({ orderers, channel, members }: TestNetwork, orderer: TestOrderer): Promise<void> {
  const [member] = members;
  if (member === undefined) throw new Error('the network has no members');
  const others = orderers.filter((other) => other !== orderer && other.isRunning).map(({ address }) => address);
  const block = await anyNode(others, (node) => fetchConfigBlock(node, channel, member.institution.admin));
  await orderer.admin.join(block);
  const height = block.getHeader()?.getNumber() ?? 0;
  await eventually('orderer in consensus', async () => {
    const state = await orderer.admin.channel(channel);
    return state?.consensusRelation === 'consenter' && state.status === 'active' && state.height > height;
  });
}

/** As its metrics say: whether it knows of a leader in all its channels. */
export async function knowsLeader(orderer: TestOrderer): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${orderer.process.options.operationsPort}/metrics`, { signal: AbortSignal.timeout(2_000) });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('consensus_etcdraft_active_nodes{'));
  return lines.length > 0 && lines.every((line) => Number(line.split(' ').at(-1)) >= 1);
}
