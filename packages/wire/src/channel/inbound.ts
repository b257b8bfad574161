import { frameTypes, headerLength } from '../frames/frame.ts';
import { WireError } from '../errors.ts';
import { maxAhead, pairWindow } from './limits.ts';
import { TranscriptDigest } from './transcript-digest.ts';
import type { Frame } from '../frames/frame.ts';
import type { FrameCipher } from '../profile/wire-profile.ts';
import type { DirectionTotals } from './transcript-digest.ts';

export interface InboundFrame {
  readonly frame: Frame;
  readonly plaintext: Buffer;
}

export interface InboundOptions {
  readonly cipher: FrameCipher;
  readonly frameHash: (data: Uint8Array) => Uint8Array;
  readonly byteCeiling: number;
  readonly deliver: (frame: InboundFrame) => void;
}

export type InboundVerdict = 'new' | 'ahead' | 'duplicate' | 'refused';

/** The receiving half: authenticates, puts into order, drops what was there before. */
export class Inbound {
  readonly #cipher: FrameCipher;
  readonly #byteCeiling: number;
  readonly #deliver: (frame: InboundFrame) => void;
  readonly #transcript: TranscriptDigest;
  readonly #ahead = new Map<number, InboundFrame>();
  #aheadBytes = 0;
  #next = 1;

  constructor(options: InboundOptions) {
    this.#cipher = options.cipher;
    this.#byteCeiling = options.byteCeiling;
    this.#deliver = options.deliver;
    this.#transcript = new TranscriptDigest(options.frameHash);
  }

  get engineBytes(): number {
    return this.#transcript.bytes;
  }

  get frames(): number {
    return this.#transcript.frames;
  }

  /** @throws WireError WIRE_BYTE_CEILING; whatever `deliver` throws */
  take(frame: Frame): InboundVerdict {
    const { sequence } = frame;
    if (sequence < this.#next || this.#ahead.has(sequence)) return 'duplicate';
    // An honest peer keeps its window; what lies beyond would only fill memory.
    if (sequence >= this.#next + 2 * maxAhead) return 'refused';
    if (sequence > this.#next && this.#aheadBytes + frame.payload.length > 2 * pairWindow) return 'ahead';
    const plaintext = this.#cipher.open(sequence, frame.header, frame.payload);
    if (!plaintext) return 'refused';
    if (sequence > this.#next) {
      // Copied: the datagram may be a view into a much larger buffer of the transport.
      this.#ahead.set(sequence, { frame: copyOf(frame), plaintext });
      this.#aheadBytes += frame.payload.length;
      return 'ahead';
    }
    this.#accept({ frame, plaintext });
    for (let waiting = this.#ahead.get(this.#next); waiting; waiting = this.#ahead.get(this.#next)) {
      this.#ahead.delete(this.#next);
      this.#aheadBytes -= waiting.frame.payload.length;
      this.#accept(waiting);
    }
    return 'new';
  }

  /** What has arrived, for an acknowledgement. */
  arrived(): { next: number; ahead: number[] } {
    return { next: this.#next, ahead: [...this.#ahead.keys()].sort((a, b) => a - b) };
  }

  totals(): DirectionTotals {
    return this.#transcript.totals();
  }

  #accept(inbound: InboundFrame): void {
    const { frame, plaintext } = inbound;
    this.#next = frame.sequence + 1;
    if (frame.type !== frameTypes.END) {
      const engineBytes = frame.type === frameTypes.DATA ? plaintext.length : 0;
      // Of every kind of frame: one that opens nothing and carries nothing costs as well.
      if (this.#transcript.carried + headerLength + frame.payload.length > this.#byteCeiling) {
        throw new WireError('WIRE_BYTE_CEILING', `byteCeiling: the peer sends more than ${this.#byteCeiling} bytes`);
      }
      this.#transcript.add(frame.header, frame.payload, engineBytes);
    }
    this.#deliver(inbound);
  }
}

function copyOf(frame: Frame): Frame {
  const bytes = Buffer.concat([frame.header, frame.payload]);
  return { ...frame, header: bytes.subarray(0, headerLength), payload: bytes.subarray(headerLength) };
}
