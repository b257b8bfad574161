import { hash } from 'node:crypto';

const octets = 6;
const first = 1 << 14;

/**
 * An order of rows by the hash of their key, which is the same at every party whatever the order of its table. 96 bits of the
 * hash decide; two of a hundred million keys share them with a probability below 2^-43.
 */
export class KeyOrder {
  #high = new Float64Array(first);
  #low = new Float64Array(first);
  #length = 0;

  /** The key of the next row. */
  add(key: string): void {
    if (this.#length === this.#high.length) [this.#high, this.#low] = [doubled(this.#high), doubled(this.#low)];
    const digest = hash('sha256', key, 'buffer');
    this.#high[this.#length] = digest.readUIntBE(0, octets);
    this.#low[this.#length] = digest.readUIntBE(octets, octets);
    this.#length += 1;
  }

  /** Sorts numbers of rows in place. */
  sort(rows: Uint32Array): Uint32Array {
    return rows.sort((a, b) => (this.#high[a] ?? 0) - (this.#high[b] ?? 0) || (this.#low[a] ?? 0) - (this.#low[b] ?? 0));
  }
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
