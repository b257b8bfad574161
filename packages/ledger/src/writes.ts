import { digestOf, type Json } from '@collabnet/envelope';
import { sm3Hex } from '@collabnet/sm';
import { leafHash, merkleRoot } from './merkle.ts';

/** What a block wrote: key to new value; `undefined` stands for a deletion. */
export type WriteSet = ReadonlyMap<string, Json | undefined>;

/** Leaf text of one write. The value enters as its digest, so that a proof need not show other values. */
export function writeLeaf(key: string, value: Json | undefined): string {
  return leafHash(`${key}\u0000${value === undefined ? '' : digestOf(value)}`);
}

/** Keys of a write set in the order in which they are committed to (code units, locale-free). */
export function sortedKeys(writes: WriteSet): string[] {
  return [...writes.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Merkle root over the sorted writes of one block. */
export function writesRoot(writes: WriteSet): string {
  return merkleRoot(sortedKeys(writes).map((key) => writeLeaf(key, writes.get(key))));
}

/**
 * State root after a block. It chains the write roots, so equal roots mean equal write histories; it proves inclusion
 * of a write (see `prove`), while the absence of a later write is shown only by replaying.
 */
export function nextStateRoot(previousStateRoot: string, blockWritesRoot: string): string {
  return sm3Hex(`${previousStateRoot}${blockWritesRoot}`);
}
