import { canonicalJson, digestOf, signedTransactionSchema, type Json, type SignedTransaction } from '@collabnet/envelope';
import { sm2Verify, sm3Hex } from '@collabnet/sm';
import { genesisPayloadSchema, type GenesisPayload } from '@collabnet/contracts';
import { z } from 'zod';
import { leafHash, merkleRoot } from './merkle.ts';

export const BLOCK_SCHEMA = 'collabnet.dev/block/v1';
/** `previous` of block 0. */
export const NO_PREVIOUS = '0'.repeat(64);

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

/** What the ledger host signs. `time` is epoch milliseconds and never decreases along the chain. */
export const blockHeaderSchema = z.strictObject({
  schema: z.literal(BLOCK_SCHEMA),
  network: hex64,
  height: z.number().int().nonnegative(),
  previous: hex64,
  time: z.number().int().nonnegative(),
  transactionsRoot: hex64,
  writesRoot: hex64,
  stateRoot: hex64,
  contractsVersion: z.string().min(1).max(64),
});
export type BlockHeader = z.infer<typeof blockHeaderSchema>;

/** The founder's signature covers the genesis payload; the digest of the payload is the network's id. */
export interface SignedGenesis {
  payload: GenesisPayload;
  signature: string;
}

export const blockSchema = z.strictObject({
  header: blockHeaderSchema,
  genesis: z.strictObject({ payload: genesisPayloadSchema, signature: z.string().max(128) }).optional(),
  transactions: z.array(signedTransactionSchema).max(1000),
  signature: z.string().max(128),
});

/** A block of the embedded ledger. Only block 0 carries `genesis`, and it carries no transactions. */
export interface Block {
  header: BlockHeader;
  genesis?: SignedGenesis;
  transactions: SignedTransaction[];
  signature: string;
}

/** Hash that the next block's `previous` names: SM3 of the canonical header. */
export function blockHash(header: BlockHeader): string {
  return sm3Hex(canonicalJson(header));
}

/** Merkle root over whole signed transactions, so that neither payload nor signature can be exchanged later. */
export function transactionsRoot(transactions: readonly SignedTransaction[]): string {
  return merkleRoot(transactions.map((tx) => leafHash(digestOf(tx as unknown as Json))));
}

/** Network id: SM3 of the canonical genesis payload. */
export function networkIdOf(genesis: GenesisPayload): string {
  return digestOf(genesis);
}

/** Whether the block's signature was made over its header by `publicKey` (uncompressed hex). */
export function blockSignatureHolds(block: Block, publicKey: string): boolean {
  return sm2Verify(canonicalJson(block.header), block.signature, publicKey);
}
