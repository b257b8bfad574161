import { sm3Hex } from '@collabnet/sm';

/**
 * Merkle tree over SM3 with the leaf and node prefixes of RFC 6962 §2.1, so that a leaf can never be passed off as an
 * inner node. An odd node is carried up unchanged.
 */
export function leafHash(data: string): string {
  return sm3Hex(`\u0000${data}`);
}

function nodeHash(left: string, right: string): string {
  return sm3Hex(`\u0001${left}${right}`);
}

/** Root of an empty tree: the digest of nothing. */
export const EMPTY_ROOT = sm3Hex('');

/** Root (SM3, hex) over leaf hashes in the order given. */
export function merkleRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return EMPTY_ROOT;
  let level = [...leaves];
  while (level.length > 1) level = nextLevel(level);
  return level[0] ?? EMPTY_ROOT;
}

function nextLevel(level: readonly string[]): string[] {
  const next: string[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] ?? '';
    const right = level[i + 1];
    next.push(right === undefined ? left : nodeHash(left, right));
  }
  return next;
}

/** One step of an inclusion path: the sibling's hash and the side it stands on. */
export interface PathStep {
  side: 'left' | 'right';
  hash: string;
}

/** Inclusion path of the leaf at `index`, from the leaf to the root. */
export function merklePath(leaves: readonly string[], index: number): PathStep[] {
  if (index < 0 || index >= leaves.length) throw new RangeError(`leaf ${index} is outside a tree of ${leaves.length}`);
  const path: PathStep[] = [];
  let level = [...leaves];
  let at = index;
  while (level.length > 1) {
    const sibling = at % 2 === 0 ? level[at + 1] : level[at - 1];
    if (sibling !== undefined) path.push({ side: at % 2 === 0 ? 'right' : 'left', hash: sibling });
    level = nextLevel(level);
    at = Math.floor(at / 2);
  }
  return path;
}

/** Root that a leaf hash and its path lead to. */
export function rootFromPath(leaf: string, path: readonly PathStep[]): string {
  return path.reduce((hash, step) => (step.side === 'left' ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)), leaf);
}
