import { blockHash, blockSignatureHolds, type BlockHeader } from './block.ts';
import { LedgerError } from './errors.ts';
import type { LedgerProof } from './ledger.ts';
import { merklePath, rootFromPath, type PathStep } from './merkle.ts';
import type { SqliteState } from './sqlite-state.ts';
import { sortedKeys, writeLeaf } from './writes.ts';

/**
 * Shows that `value` was written to `key` in the block with `header`. It does not show that no later block wrote the
 * key again: only a replay of the chain up to `asOf` does, which the prover has made.
 */
export interface Proof extends LedgerProof {
  schema: 'collabnet.dev/proof/v1';
  header: BlockHeader;
  signature: string;
  path: PathStep[];
}

/** Proof of the last write to `key` at or below `height`. Throws LedgerError NOT_FOUND. */
export function prove(state: SqliteState, key: string, height: number): Proof {
  const last = state.lastWrite(key, height);
  const block = last && state.block(last.height);
  if (last === undefined || block === undefined) throw new LedgerError('NOT_FOUND', `key: nothing was written to ${key} up to height ${height}`, { height });
  const writes = state.writesAt(last.height);
  const keys = sortedKeys(writes);
  const leaves = keys.map((each) => writeLeaf(each, writes.get(each)));
  const path = merklePath(leaves, keys.indexOf(key));
  return { schema: 'collabnet.dev/proof/v1', key, value: last.value ?? null, header: block.header, signature: block.signature, path, asOf: height };
}

/** Checks a proof offline against the block-signing key. Returns the hash of the block it stands in. */
export function verifyProof(proof: Proof, blockSigningKey: string): { height: number; blockHash: string } {
  const leaf = writeLeaf(proof.key, proof.value === null ? undefined : proof.value);
  if (rootFromPath(leaf, proof.path) !== proof.header.writesRoot) throw new LedgerError('BLOCK_INVALID', 'path: it does not lead to the writes root of the header');
  const block = { header: proof.header, transactions: [], signature: proof.signature };
  if (!blockSignatureHolds(block, blockSigningKey)) throw new LedgerError('BLOCK_INVALID', 'signature: it was not made by the block-signing key');
  return { height: proof.header.height, blockHash: blockHash(proof.header) };
}
