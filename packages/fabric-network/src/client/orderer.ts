import { common, orderer } from '@hyperledger/fabric-protos';
import { readConfigBlock, type ChannelConfig } from '../channel/channel-config.ts';
import { signedEnvelope } from '../channel/headers.ts';
import { FabricNetworkError } from '../errors.ts';
import type { FabricSigner } from '../identity/signer.ts';
import { formatEndpoint } from '../names.ts';
import { channelCredentials, channelOptions, DEFAULT_TIMEOUT_MS, nodeError, type NodeAddress } from './grpc.ts';

/**
 * Hands an envelope to an orderer. Accepted means that it will be ordered, not that it is in a block.
 *
 * @throws FabricNetworkError REFUSED (with the orderer's reason), UNAVAILABLE
 */
export async function broadcast(node: NodeAddress, envelope: common.Envelope, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
  const client = new orderer.AtomicBroadcastClient(formatEndpoint(node), channelCredentials(node), channelOptions(node));
  try {
    const response = await new Promise<orderer.BroadcastResponse>((resolve, reject) => {
      const stream = client.broadcast({ deadline: Date.now() + timeoutMs });
      stream.on('data', resolve);
      stream.on('error', reject);
      stream.on('end', () => reject(new Error('the orderer closed the stream without an answer')));
      stream.write(envelope);
      stream.end();
    });
    const code = response.getStatus();
    if (code === common.Status.SUCCESS) return;
    // 503: no leader. 500: its channel is just being opened.
    const kind = code === common.Status.SERVICE_UNAVAILABLE ? 'UNAVAILABLE' : 'REFUSED';
    throw new FabricNetworkError(kind, `${formatEndpoint(node)}: refused (${code}): ${response.getInfo()}`);
  } catch (cause) {
    throw nodeError(node, 'broadcast', cause);
  } finally {
    client.close();
  }
}

/**
 * Fetches one block from an orderer, the newest when no height is given.
 *
 * @param now time in the request, epoch milliseconds; an orderer refuses one that is out of its window
 * @throws FabricNetworkError REFUSED, UNAVAILABLE
 */
export async function fetchBlock(node: NodeAddress, channel: string, signer: FabricSigner, height?: number, options: { timeoutMs?: number; now?: number } = {}): Promise<common.Block> {
  const client = new orderer.AtomicBroadcastClient(formatEndpoint(node), channelCredentials(node), channelOptions(node));
  try {
    const header = { type: common.HeaderType.DELIVER_SEEK_INFO, channel, ...(options.now === undefined ? {} : { now: options.now }) };
    const request = await signedEnvelope(signer, header, seekOne(height).serializeBinary());
    return await new Promise<common.Block>((resolve, reject) => {
      const stream = client.deliver({ deadline: Date.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) });
      stream.on('data', (response: orderer.DeliverResponse) => {
        const block = response.getBlock();
        if (block !== undefined) resolve(block);
        else reject(refusal(node, channel, response.getStatus()));
      });
      stream.on('error', reject);
      stream.on('end', () => reject(new Error('the orderer closed the stream without a block')));
      stream.write(request);
      stream.end();
    });
  } catch (cause) {
    throw nodeError(node, `block of ${channel}`, cause);
  } finally {
    client.close();
  }
}

/** The configuration in force, as an orderer has it. @throws FabricNetworkError REFUSED, UNAVAILABLE, CONFIG_INVALID, WRONG_CHANNEL */
export async function fetchConfig(node: NodeAddress, channel: string, signer: FabricSigner): Promise<ChannelConfig> {
  return readConfigBlock(await fetchConfigBlock(node, channel, signer), channel);
}

/** The block with the configuration in force: what a new orderer is joined with. @throws as `fetchConfig` */
export async function fetchConfigBlock(node: NodeAddress, channel: string, signer: FabricSigner, options: { timeoutMs?: number } = {}): Promise<common.Block> {
  const newest = await fetchBlock(node, channel, signer, undefined, options);
  return fetchBlock(node, channel, signer, lastConfigOf(newest), options);
}

/** Height of the last configuration block, as a block's metadata has it. @throws FabricNetworkError CONFIG_INVALID */
export function lastConfigOf(block: common.Block): number {
  try {
    const octets = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.SIGNATURES] ?? new Uint8Array();
    const metadata = common.OrdererBlockMetadata.deserializeBinary(common.Metadata.deserializeBinary(octets).getValue_asU8());
    return metadata.getLastConfig()?.getIndex() ?? 0;
  } catch (cause) {
    throw new FabricNetworkError('CONFIG_INVALID', 'block: its metadata cannot be read.', { field: 'block', cause });
  }
}

function seekOne(height: number | undefined): orderer.SeekInfo {
  const position = new orderer.SeekPosition();
  if (height === undefined) {
    position.setNewest(new orderer.SeekNewest());
  } else {
    const specified = new orderer.SeekSpecified();
    specified.setNumber(height);
    position.setSpecified(specified);
  }
  const seek = new orderer.SeekInfo();
  seek.setStart(position);
  seek.setStop(position);
  // A block that does not exist yet is an answer, not something to wait for.
  seek.setBehavior(orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY);
  return seek;
}

function refusal(node: NodeAddress, channel: string, code: number): FabricNetworkError {
  const reasons: Readonly<Record<number, string>> = {
    [common.Status.FORBIDDEN]: 'this identity may not read the channel',
    [common.Status.NOT_FOUND]: 'it has no such channel or block',
    [common.Status.BAD_REQUEST]: 'the request is malformed or its time is out of the window',
    [common.Status.SERVICE_UNAVAILABLE]: 'it is not ready',
  };
  const kind = code === common.Status.SERVICE_UNAVAILABLE ? 'UNAVAILABLE' : 'REFUSED';
  return new FabricNetworkError(kind, `${formatEndpoint(node)}: ${channel}: ${reasons[code] ?? 'refused'} (${code})`);
}
