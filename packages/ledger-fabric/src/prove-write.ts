import { common } from '@hyperledger/fabric-protos';
import type { Gateway } from '@hyperledger/fabric-gateway';
import { canonicalJson, type Json } from '@collabnet/envelope';
import { decodeStamped, type StampedValue } from '@collabnet/fabric-execution';
import { LedgerError, type LedgerProof } from '@collabnet/ledger';
import { parseBlock } from './parse-block.ts';
import type { FabricState } from './stored-block.ts';

/**
 * Shows that `value` was written to `key` by a transaction in the block with `hash`: the whole block is in it, since
 * Fabric hashes the data of a block as one. Two things it does not show: that the transaction was valid (Fabric's marks
 * are not under the hash; the prover has replayed it) and that no later block wrote the key again up to `asOf`.
 */
export interface FabricProof extends LedgerProof {
  schema: 'collabnet.dev/fabric-proof/v1';
  channel: string;
  chaincode: string;
  /** Fabric's number of the block, and its header hash. */
  number: number;
  hash: string;
  /** The block, base64. */
  block: string;
}

/** Where the block is read. */
export interface ProofSource {
  readonly channel: string;
  readonly chaincode: string;
  readonly gateway: Gateway;
}

/** Proof of the last write to `key` at or below `height`. @throws LedgerError NOT_FOUND, BLOCK_INVALID */
export async function proveWrite(state: FabricState, { channel, chaincode, gateway }: ProofSource, key: string, height: number): Promise<FabricProof> {
  const last = state.lastWrite(key, height);
  const header = last && state.block(last.height)?.header;
  if (last === undefined || header === undefined) throw new LedgerError('NOT_FOUND', `key: nothing was written to ${key} up to height ${height}`, { height });
  const octets = await gateway.getNetwork(channel).getContract('qscc').evaluateTransaction('GetBlockByNumber', channel, String(header.number));
  const value = (last.value as StampedValue | undefined)?.value ?? null;
  const proof: FabricProof = { schema: 'collabnet.dev/fabric-proof/v1', key, value, asOf: height, channel, chaincode, number: header.number, hash: header.hash, block: Buffer.from(octets).toString('base64') };
  verifyFabricProof(proof);
  return proof;
}

/**
 * Checks a proof offline. Compare the returned hash with that of a block of the channel from another source.
 *
 * @throws LedgerError BLOCK_INVALID naming what does not hold
 */
export function verifyFabricProof(proof: FabricProof): { number: number; blockHash: string } {
  const block = parseBlock(common.Block.deserializeBinary(Buffer.from(proof.block, 'base64')));
  if (block.hash !== proof.hash || block.number !== proof.number) throw new LedgerError('BLOCK_INVALID', `block: it hashes to ${block.hash}, not to ${proof.hash}`);
  const written = block.transactions.flatMap(({ call }) => call?.writes.get(proof.chaincode) ?? []).filter(({ key }) => key === proof.key);
  const values = written.map(({ text }): Json => (text === undefined ? null : decodeStamped(text).value));
  if (!values.some((value) => canonicalJson(value) === canonicalJson(proof.value))) throw new LedgerError('BLOCK_INVALID', `value: no transaction of block ${block.number} writes it to ${proof.key}`);
  return { number: block.number, blockHash: block.hash };
}
