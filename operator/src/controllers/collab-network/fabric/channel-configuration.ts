import { anyNode, blockFromText, FabricNetworkError, fetchConfigBlock, orderingMembersOf, PeerAdmin, readConfigBlock, type ChannelConfig, type FabricSigner, type NodeAddress } from '@collabnet/fabric-network';
import { WaitError } from '../../../runtime/index.ts';
import { asFabricWait, onFabric } from './fabric-errors.ts';

/** How long a node has for an answer about itself, ms: one that hangs must not hold up the reconcile. */
export const ANSWER_MS = 5_000;
const WHAT = 'reading the configuration of the channel';

type ConfigBlock = Awaited<ReturnType<typeof fetchConfigBlock>>;

export interface ConfigurationSources {
  readonly channel: string;
  readonly signer: FabricSigner;
  /** Of this institution. */
  readonly peers: readonly NodeAddress[];
  /** First block of the channel, base64: it names orderers. */
  readonly firstBlock: () => Promise<string | undefined>;
  /** Orderers that are known beside those. */
  readonly orderers?: readonly NodeAddress[];
}

/**
 * The configuration in force: as the own peer has it, else the newest that an orderer has. A peer that was restored from a
 * snapshot has no configuration block until there is another one.
 *
 * @throws WaitError FabricNodeRefused when the channel, as the own peer knows it, does not have this institution;
 *   FabricNodeUnavailable; StalledError
 */
export async function channelConfiguration(sources: ConfigurationSources): Promise<ChannelConfig> {
  const { channel, signer, peers } = sources;
  try {
    return await onFabric(WHAT, () => anyNode(peers, (node) => new PeerAdmin(node, signer, ANSWER_MS).config(channel)));
  } catch (error) {
    const refused = error instanceof WaitError && error.reason === 'FabricNodeRefused';
    if (!refused || !(await servesWithoutConfiguration(sources))) throw error;
    const orderers = await onFabric(WHAT, () => orderersOf(sources));
    if (orderers.length === 0) throw error;
    return (await newestConfigBlockOf(orderers, channel, signer)).config;
  }
}

/** Whom the channel does not have, a peer refuses everything about it; orderers may already know better than that peer. */
async function servesWithoutConfiguration({ channel, signer, peers }: ConfigurationSources): Promise<boolean> {
  try {
    await anyNode(peers, (node) => new PeerAdmin(node, signer, ANSWER_MS).height(channel));
    return true;
  } catch (error) {
    if (error instanceof FabricNetworkError) return false;
    throw error;
  }
}

async function orderersOf({ channel, firstBlock, orderers = [] }: ConfigurationSources): Promise<readonly NodeAddress[]> {
  const text = await firstBlock();
  const named = text === undefined ? [] : orderingMembersOf(readConfigBlock(blockFromText(text), channel));
  const addresses = named.flatMap(({ msp, endpoints }) => endpoints.map((each) => ({ ...each, tlsRootCertificates: msp.tlsRootCertificates })));
  return [...addresses, ...orderers.filter(({ host, port }) => !addresses.some((each) => each.host === host && each.port === port))];
}

/**
 * The newest configuration block that one of these orderers has. All are asked: one may lag behind.
 *
 * @throws WaitError when none gives one
 */
export async function newestConfigBlockOf(orderers: readonly NodeAddress[], channel: string, signer: FabricSigner): Promise<{ block: ConfigBlock; config: ChannelConfig }> {
  const answers = await Promise.allSettled(
    orderers.map(async (node) => {
      const block = await fetchConfigBlock(node, channel, signer, { timeoutMs: ANSWER_MS });
      return { block, config: readConfigBlock(block, channel) };
    }),
  );
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [newest] = found.sort((one, other) => other.config.sequence - one.config.sequence);
  if (newest !== undefined) return newest;
  const reasons: unknown[] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  throw asFabricWait(reasons[0] ?? new Error('step order: no orderer is known'), WHAT);
}
