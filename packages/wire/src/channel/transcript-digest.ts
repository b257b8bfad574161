import { createSm3 } from '@collabnet/sm';
import type { Sm3Hasher } from '@collabnet/sm';

/** What one direction has carried. */
export interface DirectionTotals {
  /**
   * SM3, hex, over header and ciphertext hash of every frame before END in sequence order: the same at both ends whatever
   * was re-sent. The hash is the profile's, because SHA-256 has hardware where SM3 has none.
   */
  readonly digest: string;
  readonly frames: number;
  /** Plaintext of the engines. */
  readonly bytes: number;
}

/** Running totals of one direction. */
export class TranscriptDigest {
  readonly #hash: Sm3Hasher = createSm3();
  readonly #frameHash: (data: Uint8Array) => Uint8Array;
  #frames = 0;
  #bytes = 0;
  #carried = 0;
  #totals: DirectionTotals | undefined;

  constructor(frameHash: (data: Uint8Array) => Uint8Array) {
    this.#frameHash = frameHash;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Octets of frames, each counted once. */
  get carried(): number {
    return this.#carried;
  }

  get frames(): number {
    return this.#frames;
  }

  add(header: Uint8Array, ciphertext: Uint8Array, engineBytes: number): void {
    this.#hash.update(header).update(this.#frameHash(ciphertext));
    this.#frames += 1;
    this.#bytes += engineBytes;
    this.#carried += header.length + ciphertext.length;
  }

  /** Ends the direction; later calls answer the same. */
  totals(): DirectionTotals {
    return (this.#totals ??= { digest: this.#hash.digestHex(), frames: this.#frames, bytes: this.#bytes });
  }
}
