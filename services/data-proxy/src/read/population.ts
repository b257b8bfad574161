import { createHash } from 'node:crypto';
import type { AssetDefinition } from '../source/asset-definition.ts';
import type { Cell } from '../source/connector.ts';

/** Distinct identifiers of one content as sorted 64-bit hashes: 8 octets a person, enough to count differences exactly but for a chance of 2^-24 at a million. */
export type Population = BigUint64Array;

/** Names of the columns that say who a row is about; none, where an asset has no identifiers. */
export function identifiersOf(asset: AssetDefinition): string[] {
  return asset.columns.filter(({ role }) => role === 'Identifier').map(({ name }) => name);
}

/** Collects a population while its rows pass by. */
export class PopulationBuilder {
  readonly #secret: Uint8Array;
  readonly #at: readonly number[];
  #hashes = new BigUint64Array(1024);
  #rows = 0;

  /**
   * @param secret keeps the hashes from being searched for known identifiers by whoever gets only them
   * @param columns of the rows that will come, in their order
   */
  constructor(secret: Uint8Array, identifiers: readonly string[], columns: readonly string[]) {
    this.#secret = secret;
    this.#at = identifiers.map((name) => columns.indexOf(name));
  }

  update(rows: readonly (readonly Cell[])[]): void {
    if (this.#at.length === 0) return;
    for (const row of rows) {
      if (this.#rows === this.#hashes.length) this.#grow();
      const person = JSON.stringify(this.#at.map((at) => row[at] ?? null));
      this.#hashes[this.#rows] = createHash('sha256').update(this.#secret).update(person).digest().readBigUInt64LE();
      this.#rows += 1;
    }
  }

  /** Spends the object. */
  finish(): Population {
    const sorted = this.#hashes.subarray(0, this.#rows).sort();
    let distinct = 0;
    for (const hash of sorted) {
      if (distinct > 0 && sorted[distinct - 1] === hash) continue;
      sorted[distinct] = hash;
      distinct += 1;
    }
    return sorted.slice(0, distinct);
  }

  #grow(): void {
    const larger = new BigUint64Array(2 * this.#hashes.length);
    larger.set(this.#hashes);
    this.#hashes = larger;
  }
}

/** How many are in one of the two but not in both; counting stops at `most`. */
export function differenceOf(one: Population, other: Population, most: number): number {
  let [i, j, different] = [0, 0, 0];
  while ((i < one.length || j < other.length) && different < most) {
    const [a, b] = [one[i], other[j]];
    if (a === b) {
      i += 1;
      j += 1;
    } else {
      different += 1;
      if (b === undefined || (a !== undefined && a < b)) i += 1;
      else j += 1;
    }
  }
  return different;
}
