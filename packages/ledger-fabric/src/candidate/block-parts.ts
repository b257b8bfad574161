import { LedgerError } from '@collabnet/ledger';
import type { RawBlock } from '../channel-blocks.ts';
import { MOST_OCTETS, type BlockPart } from './protocol.ts';

/**
 * Fills one reply with the octets of the channel from a place in a block on. Blocks of Fabric may be larger than any
 * message, so the sequence is cut wherever the reply is full: whatever the size of a block, the next request goes on there.
 *
 * @param open reads blocks from a number on
 */
export class BlockParts {
  readonly #open: (from: number) => AsyncIterable<RawBlock>;
  readonly #most: number;
  /** The block that was cut last: the next request is likely to be for its rest. */
  #cut: RawBlock | undefined;

  constructor(open: (from: number) => AsyncIterable<RawBlock>, most = MOST_OCTETS) {
    this.#open = open;
    this.#most = most;
  }

  /** @throws LedgerError INVALID_ARGUMENT beyond the end of the block; what reading throws */
  async read(from: number, offset: number): Promise<BlockPart[]> {
    const parts: BlockPart[] = [];
    let room = this.#most;
    for await (const block of this.#from(from)) {
      const { number, octets } = block;
      const start = number === from ? offset : 0;
      if (start >= octets.length) throw new LedgerError('INVALID_ARGUMENT', `offset: block ${number} has ${octets.length} octets`, { field: 'offset' });
      const piece = octets.subarray(start, start + room);
      parts.push({ number, offset: start, size: octets.length, octets: Buffer.from(piece).toString('base64') });
      room -= piece.length;
      if (start + piece.length < octets.length) this.#cut = block;
      if (room === 0) break;
    }
    return parts;
  }

  async *#from(from: number): AsyncGenerator<RawBlock> {
    const known = this.#cut?.number === from ? this.#cut : undefined;
    if (known !== undefined) yield known;
    yield* this.#open(known === undefined ? from : from + 1);
  }
}

/** Puts the pieces of a sequence of blocks together again. */
export class BlockAssembly {
  #number: number;
  #pieces: Uint8Array[] = [];
  #offset = 0;

  constructor(from: number) {
    this.#number = from;
  }

  /** What to ask for next. */
  get wanted(): { from: number; offset: number } {
    return { from: this.#number, offset: this.#offset };
  }

  /** @returns the block that this piece completes. @throws LedgerError UNAVAILABLE for a piece that was not asked for */
  take({ number, offset, size, octets }: BlockPart): Uint8Array | undefined {
    const piece = Buffer.from(octets, 'base64');
    if (number !== this.#number || offset !== this.#offset || offset + piece.length > size) {
      throw new LedgerError('UNAVAILABLE', `the ledger host sent octet ${offset} of block ${number}, not ${this.#offset} of ${this.#number}`);
    }
    this.#pieces.push(piece);
    this.#offset += piece.length;
    if (this.#offset < size) return undefined;
    const block = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#offset = 0;
    this.#number += 1;
    return new Uint8Array(block);
  }
}
