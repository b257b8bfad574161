import { createHash, randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { channelHeader, signatureHeader, transactionId } from './headers.ts';

/** Block 0 of a channel around a serialised `ConfigEnvelope`. @param now epoch milliseconds */
export function firstBlock(channel: string, config: Uint8Array, now: number): common.Block {
  const nonce = randomBytes(24);
  const header = new common.Header();
  header.setChannelHeader(channelHeader({ type: common.HeaderType.CONFIG, channel, txId: transactionId(nonce, new Uint8Array()), now, version: 1 }).serializeBinary());
  header.setSignatureHeader(signatureHeader(new Uint8Array(), nonce).serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(config);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  const data = new common.BlockData();
  data.setDataList([envelope.serializeBinary()]);
  const blockHeader = new common.BlockHeader();
  blockHeader.setDataHash(createHash('sha256').update(data.getDataList_asU8()[0] ?? '').digest());
  const result = new common.Block();
  result.setHeader(blockHeader);
  result.setData(data);
  result.setMetadata(blockMetadata());
  return result;
}

/** A first block is signed by nobody; it only says that it is the last configuration. */
function blockMetadata(): common.BlockMetadata {
  const last = new common.LastConfig();
  const lastConfig = new common.Metadata();
  lastConfig.setValue(last.serializeBinary());
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(last);
  const signatures = new common.Metadata();
  signatures.setValue(ordererMetadata.serializeBinary());
  const list: Uint8Array[] = Array.from({ length: 5 }, () => new Uint8Array());
  list[common.BlockMetadataIndex.SIGNATURES] = signatures.serializeBinary();
  list[common.BlockMetadataIndex.LAST_CONFIG] = lastConfig.serializeBinary();
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(list);
  return metadata;
}
