import { hash, randomBytes } from 'node:crypto';

const lanes = 3;
const empty = -1;
/** Emptier costs memory for the whole attempt, and twice when it grows; fuller costs looks. */
const mostFull = 0.75;

/**
 * Finds the first row with the same key, in 16 bytes a slot. Keys are kept as 96 bits of a hash under a random prefix: two
 * different keys of ten million share one with a probability below 2^-49.
 */
export class KeyIndex {
  readonly #prefix = randomBytes(16).toString('hex');
  #slots = 1 << 15;
  #hashes = new Uint32Array(this.#slots * lanes);
  #rows = new Int32Array(this.#slots).fill(empty);
  distinct = 0;

  /** The row that had this key first; `row` itself when it is new. */
  add(key: string, row: number): number {
    // As text: a Buffer for every row would take the collector longer than the hash takes.
    const digest = hash('sha256', this.#prefix + key, 'binary');
    const [a, b, c] = [wordAt(digest, 0), wordAt(digest, 4), wordAt(digest, 8)];
    const slot = this.#find(a, b, c);
    const known = this.#rows[slot] ?? empty;
    if (known !== empty) return known;
    this.#put(slot, a, b, c, row);
    this.distinct += 1;
    if (this.distinct > this.#slots * mostFull) this.#grow();
    return row;
  }

  #find(a: number, b: number, c: number): number {
    let slot = a & (this.#slots - 1);
    while (this.#rows[slot] !== empty) {
      const at = slot * lanes;
      if (this.#hashes[at] === a && this.#hashes[at + 1] === b && this.#hashes[at + 2] === c) return slot;
      slot = (slot + 1) & (this.#slots - 1);
    }
    return slot;
  }

  #put(slot: number, a: number, b: number, c: number, row: number): void {
    const at = slot * lanes;
    this.#hashes[at] = a;
    this.#hashes[at + 1] = b;
    this.#hashes[at + 2] = c;
    this.#rows[slot] = row;
  }

  #grow(): void {
    const [hashes, rows] = [this.#hashes, this.#rows];
    this.#slots *= 2;
    this.#hashes = new Uint32Array(this.#slots * lanes);
    this.#rows = new Int32Array(this.#slots).fill(empty);
    for (let slot = 0; slot < rows.length; slot += 1) {
      const row = rows[slot] ?? empty;
      if (row === empty) continue;
      const at = slot * lanes;
      const [a, b, c] = [hashes[at] ?? 0, hashes[at + 1] ?? 0, hashes[at + 2] ?? 0];
      this.#put(this.#find(a, b, c), a, b, c, row);
    }
  }
}

/** Four octets, the least first, of a text whose characters are octets. */
function wordAt(octets: string, at: number): number {
  return (octets.charCodeAt(at) | (octets.charCodeAt(at + 1) << 8) | (octets.charCodeAt(at + 2) << 16) | (octets.charCodeAt(at + 3) << 24)) >>> 0;
}
