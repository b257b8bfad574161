import { createHash, randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { serializedIdentity, type FabricSigner } from '../identity/signer.ts';

/** Octets of a nonce, as all of Fabric's tools have it. */
const NONCE_OCTETS = 24;

interface ChannelHeaderInput {
  readonly type: number;
  readonly channel: string;
  readonly txId?: string;
  /** Epoch milliseconds. */
  readonly now?: number;
  readonly version?: number;
  readonly extension?: Uint8Array;
}

/** What a message is and which channel it is for. */
export function channelHeader({ type, channel, txId = '', now = Date.now(), version = 0, extension }: ChannelHeaderInput): common.ChannelHeader {
  const header = new common.ChannelHeader();
  header.setType(type);
  header.setVersion(version);
  header.setChannelId(channel);
  header.setTxId(txId);
  const timestamp = new timestamps.Timestamp();
  timestamp.setSeconds(Math.floor(now / 1000));
  timestamp.setNanos((now % 1000) * 1_000_000);
  header.setTimestamp(timestamp);
  if (extension !== undefined) header.setExtension$(extension);
  return header;
}

/** Who sends a message. */
export function signatureHeader(creator: Uint8Array, nonce: Uint8Array): common.SignatureHeader {
  const header = new common.SignatureHeader();
  header.setCreator(creator);
  header.setNonce(nonce);
  return header;
}

/** Fabric's id of a transaction: a digest over nonce and creator, hexadecimal. */
export function transactionId(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash('sha256').update(nonce).update(creator).digest('hex');
}

/** Both headers of a message by `signer`, with a fresh nonce. */
export function newHeader(signer: FabricSigner, input: Omit<ChannelHeaderInput, 'txId'>): { header: common.Header; txId: string } {
  const nonce = randomBytes(NONCE_OCTETS);
  const creator = serializedIdentity(signer);
  const txId = transactionId(nonce, creator);
  const header = new common.Header();
  header.setChannelHeader(channelHeader({ ...input, txId }).serializeBinary());
  header.setSignatureHeader(signatureHeader(creator, nonce).serializeBinary());
  return { header, txId };
}

/** Fresh signature header of `signer`. */
export function newSignatureHeader(signer: FabricSigner): Uint8Array {
  return signatureHeader(serializedIdentity(signer), randomBytes(NONCE_OCTETS)).serializeBinary();
}

/** An envelope around `data`, signed. */
export async function signedEnvelope(signer: FabricSigner, input: Omit<ChannelHeaderInput, 'txId'>, data: Uint8Array): Promise<common.Envelope> {
  const payload = new common.Payload();
  payload.setHeader(newHeader(signer, input).header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  envelope.setSignature(await signer.sign(envelope.getPayload_asU8()));
  return envelope;
}
