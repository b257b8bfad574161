import { encodeHeader, frameTypes, headerLength, maxPayload } from '../frames/frame.ts';
import { WireError } from '../errors.ts';
import { framesInWindow, leastWindow, maxAhead, smallestWindow } from './limits.ts';
import { RetransmissionTimeout } from './rto.ts';
import { TranscriptDigest } from './transcript-digest.ts';
import type { FrameType } from '../frames/frame.ts';
import type { FrameCipher } from '../profile/wire-profile.ts';
import type { Acknowledgement } from './acknowledgement.ts';
import type { DirectionTotals } from './transcript-digest.ts';

interface Sealed {
  readonly sequence: number;
  readonly bytes: Buffer;
  sentAt: number;
  sends: number;
  /** Times that a later frame was reported while this one was not. */
  overtaken: number;
}

export interface OutboundOptions {
  readonly cipher: FrameCipher;
  readonly frameHash: (data: Uint8Array) => Uint8Array;
  readonly send: (datagram: Uint8Array) => void;
  readonly byteCeiling: number;
  /** Most bytes on the way; the peer may ask for less. */
  readonly window: number;
  /** Room again after {@link Outbound.hasRoom} was false. */
  readonly onRoom: () => void;
}

/** The sending half: seals each frame once and repeats it byte for byte until it is acknowledged. */
export class Outbound {
  readonly #options: OutboundOptions;
  readonly #rto = new RetransmissionTimeout();
  readonly #transcript: TranscriptDigest;
  /** In order of sequence; the first `#onTheWay` of them were sent. */
  readonly #unacknowledged = new Map<number, Sealed>();
  #waiting: Sealed[] = [];
  #next = 1;
  #queuedBytes = 0;
  #sentBytes = 0;
  /** The smaller of what either side has been given. */
  #limit: number;
  #window: number;
  /** Below it the window grows with what is acknowledged, as in RFC 5681; from it on by steps. */
  #threshold = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #wasFull = false;
  #closed = false;
  resent = 0;

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.#transcript = new TranscriptDigest(options.frameHash);
    this.#limit = options.window;
    this.#window = this.#smallest;
  }

  get engineBytes(): number {
    return this.#transcript.bytes;
  }

  get frames(): number {
    return this.#transcript.frames;
  }

  /** Whether DATA may be queued; a few control frames always may. */
  get hasRoom(): boolean {
    const room = this.#queuedBytes < this.#limit && this.#unacknowledged.size + this.#waiting.length < maxAhead;
    if (!room) this.#wasFull = true;
    return room;
  }

  /** Most octets of one DATA frame. */
  get chunk(): number {
    return Math.min(maxPayload, Math.floor(this.#limit / framesInWindow)) - 64;
  }

  /** Nothing waits for an acknowledgement. */
  get idle(): boolean {
    return this.#unacknowledged.size === 0 && this.#waiting.length === 0;
  }

  /** @throws WireError WIRE_BYTE_CEILING */
  push(type: FrameType, connection: number, plaintext: Uint8Array): void {
    if (this.#closed) return;
    const { cipher, byteCeiling } = this.#options;
    const engineBytes = type === frameTypes.DATA ? plaintext.length : 0;
    const length = plaintext.length + cipher.overhead;
    if (length > maxPayload) throw new WireError('WIRE_FRAME_INVALID', `payload: at most ${maxPayload - cipher.overhead} bytes a frame`);
    // The end is always told.
    if (type !== frameTypes.END && this.#transcript.carried + headerLength + length > byteCeiling) {
      throw new WireError('WIRE_BYTE_CEILING', `byteCeiling: the engine wants to send more than ${byteCeiling} bytes to this peer`);
    }
    const sequence = this.#next++;
    const header = encodeHeader({ type, connection, sequence }, length);
    const ciphertext = cipher.seal(sequence, header, plaintext);
    if (type !== frameTypes.END) this.#transcript.add(header, ciphertext, engineBytes);
    const sealed: Sealed = { sequence, bytes: Buffer.concat([header, ciphertext]), sentAt: 0, sends: 0, overtaken: 0 };
    this.#queuedBytes += sealed.bytes.length;
    this.#waiting.push(sealed);
    this.#flush();
  }

  totals(): DirectionTotals {
    return this.#transcript.totals();
  }

  acknowledge({ next, ahead, window }: Acknowledgement): void {
    if (next > this.#next) return;
    this.#limit = Math.min(this.#options.window, Math.max(leastWindow, window));
    this.#window = Math.min(this.#window, this.#limit);
    const now = performance.now();
    const highest = ahead.at(-1) ?? 0;
    const arrived = new Set(ahead);
    const before = this.#sentBytes;
    for (const sealed of this.#unacknowledged.values()) {
      if (sealed.sequence < next || arrived.has(sealed.sequence)) {
        this.#settle(sealed, now);
      } else if (sealed.sequence < highest && ++sealed.overtaken >= 3 && sealed.sends === 1) {
        sealed.overtaken = 0;
        this.#shrink();
        this.#transmit(sealed, now);
      }
    }
    if (this.#sentBytes === before) return;
    this.#rto.progress();
    const growth = this.#window < this.#threshold ? before - this.#sentBytes : 64 * 1024;
    this.#window = Math.min(this.#limit, this.#window + growth);
    this.#flush();
    this.#arm();
    if (this.#wasFull && this.hasRoom) {
      this.#wasFull = false;
      this.#options.onRoom();
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#unacknowledged.clear();
    this.#waiting = [];
  }

  #settle(sealed: Sealed, now: number): void {
    if (sealed.sends === 1) this.#rto.sample(now - sealed.sentAt);
    this.#unacknowledged.delete(sealed.sequence);
    this.#queuedBytes -= sealed.bytes.length;
    this.#sentBytes -= sealed.bytes.length;
  }

  #flush(): void {
    const now = performance.now();
    let taken = 0;
    for (const sealed of this.#waiting) {
      if (this.#sentBytes > 0 && this.#sentBytes + sealed.bytes.length > this.#window) break;
      taken += 1;
      this.#sentBytes += sealed.bytes.length;
      this.#unacknowledged.set(sealed.sequence, sealed);
      this.#transmit(sealed, now);
    }
    if (taken === 0) return;
    this.#waiting.splice(0, taken);
    this.#arm();
  }

  #transmit(sealed: Sealed, now: number): void {
    if (sealed.sends > 0) this.resent += 1;
    sealed.sends += 1;
    sealed.sentAt = now;
    this.#options.send(sealed.bytes);
  }

  get #smallest(): number {
    return Math.min(smallestWindow, this.#limit);
  }

  #shrink(): void {
    this.#window = Math.max(this.#smallest, Math.floor(this.#window / 2));
    this.#threshold = this.#window;
  }

  /** One timer, for the frame that was sent longest ago. */
  #arm(): void {
    clearTimeout(this.#timer);
    const oldest = this.#unacknowledged.values().next().value;
    if (oldest === undefined || this.#closed) return;
    const wait = Math.max(1, oldest.sentAt + this.#rto.ms - performance.now());
    this.#timer = setTimeout(() => this.#expire(), wait);
  }

  #expire(): void {
    const now = performance.now();
    const due = now - this.#rto.ms + 1;
    // A link that takes nothing keeps what it is given: only a probe goes there until it answers.
    const most = this.#rto.backedOff ? 1 : 4;
    let expired = 0;
    for (const sealed of this.#unacknowledged.values()) {
      if (expired >= most) break;
      if (sealed.sentAt > due) continue;
      this.#transmit(sealed, now);
      expired += 1;
    }
    if (expired > 0) {
      this.#shrink();
      this.#rto.expired();
    }
    this.#arm();
  }
}
