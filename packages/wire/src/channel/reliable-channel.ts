import { encodeHeader, frameTypes } from '../frames/frame.ts';
import { WireError } from '../errors.ts';
import { decodeAcknowledgement, encodeAcknowledgement } from './acknowledgement.ts';
import { endSchema } from './end-message.ts';
import { Inbound } from './inbound.ts';
import { ackDelayMs, ackEvery, heartbeatMs, maxRefused, maxSilentBeats, pairWindow } from './limits.ts';
import { Outbound } from './outbound.ts';
import type { Frame, FrameType } from '../frames/frame.ts';
import type { SessionKeys } from '../handshake/session-keys.ts';
import type { EndFailure, EndMessage } from './end-message.ts';
import type { InboundFrame } from './inbound.ts';
import type { DirectionTotals } from './transcript-digest.ts';

export interface ChannelOptions {
  readonly keys: SessionKeys;
  readonly send: (datagram: Uint8Array) => void;
  /** Most octets of frames in either direction, each frame counted once. */
  readonly byteCeiling: number;
  /** Most bytes on the way in either direction, also asked of the peer; default {@link pairWindow}. */
  readonly window?: number | undefined;
  /** Default {@link heartbeatMs}. */
  readonly heartbeatMs?: number | undefined;
}

/** What the tunnel listens to. */
export interface ChannelListener {
  onFrame(type: FrameType, connection: number, plaintext: Buffer): void;
  /** Room for DATA again. */
  onRoom(): void;
}

export interface ChannelCounters {
  /** Datagrams that were altered, forged or malformed. */
  refused: number;
  duplicates: number;
  resent: number;
  sentFrames: number;
  receivedFrames: number;
}

export interface ChannelTotals {
  readonly sent: DirectionTotals;
  readonly received: DirectionTotals;
}

/** Reliable, ordered, authenticated frames to one peer over a lossy link, for a session whose handshake is done. */
export class ReliableChannel {
  readonly #options: ChannelOptions;
  readonly #outbound: Outbound;
  readonly #inbound: Inbound;
  readonly #done = Promise.withResolvers<EndMessage>();
  readonly #failed = Promise.withResolvers<never>();
  #listener: ChannelListener | undefined;
  /** Acknowledged, so that it must not be lost; bounded by the peer's credit. */
  readonly #early: InboundFrame[] = [];
  readonly #heartbeat: NodeJS.Timeout;
  #ackSequence = 0;
  #peerAckSequence = 0;
  #silentBeats = 0;
  #unacknowledged = 0;
  #ackTimer: NodeJS.Timeout | undefined;
  #sinceProgress = 0;
  #refused = 0;
  #duplicates = 0;
  #ended = false;
  #error: WireError | undefined;
  #heard = false;
  #peerHasEnded = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#outbound = new Outbound({
      cipher: options.keys.send.frames,
      frameHash: options.keys.frameHash,
      send: options.send,
      byteCeiling: options.byteCeiling,
      window: options.window ?? pairWindow,
      onRoom: () => this.#listener?.onRoom(),
    });
    this.#inbound = new Inbound({
      cipher: options.keys.receive.frames,
      frameHash: options.keys.frameHash,
      byteCeiling: options.byteCeiling,
      deliver: (inbound) => this.#deliver(inbound),
    });
    this.#heartbeat = setInterval(() => this.#guard(() => this.#beat()), options.heartbeatMs ?? heartbeatMs);
    // Both are looked at by whoever needs them; nobody has to.
    this.#done.promise.catch(() => undefined);
    this.#failed.promise.catch(() => undefined);
  }

  /** What has arrived before is handed over first: the peer's engine may be quicker than the own tunnel. */
  listen(listener: ChannelListener): void {
    this.#listener = listener;
    for (const { frame, plaintext } of this.#early.splice(0)) listener.onFrame(frame.type, frame.connection, plaintext);
  }

  /** Most octets of one DATA frame. */
  get chunk(): number {
    return this.#outbound.chunk;
  }

  get hasRoom(): boolean {
    return !this.#ended && this.#outbound.hasRoom;
  }

  /** Whether anything authentic has come from the peer under the session's keys. */
  get heard(): boolean {
    return this.#heard;
  }

  get engineBytes(): { sent: number; received: number } {
    return { sent: this.#outbound.engineBytes, received: this.#inbound.engineBytes };
  }

  get counters(): ChannelCounters {
    return { refused: this.#refused, duplicates: this.#duplicates, resent: this.#outbound.resent, sentFrames: this.#outbound.frames, receivedFrames: this.#inbound.frames };
  }

  /** Rejects with the WireError that ended the channel; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Queues one frame. Ignored once the channel has ended or failed; a byte ceiling that is reached fails the channel. */
  write(type: FrameType, connection: number, plaintext: Uint8Array): void {
    if (this.#ended || this.#error) return;
    this.#guard(() => this.#outbound.push(type, connection, plaintext));
  }

  /** Sends END; nothing can be sent after it. */
  end(failure?: EndFailure): void {
    if (this.#ended || this.#error) return;
    const totals = this.#outbound.totals();
    const message: EndMessage = { status: failure ? 'Failed' : 'Complete', ...totals, ...(failure ? { failure } : {}) };
    this.#outbound.push(frameTypes.END, 0, Buffer.from(JSON.stringify(message)));
    this.#ended = true;
  }

  /** The peer's END, whose totals were compared with what arrived. Rejects when the channel fails before it. */
  get peerEnd(): Promise<EndMessage> {
    return Promise.race([this.#done.promise, this.#failed.promise]);
  }

  /** Whether the peer has everything that was sent. */
  get drained(): boolean {
    return this.#outbound.idle;
  }

  /** Valid once both ENDs are through. */
  totals(): ChannelTotals {
    return { sent: this.#outbound.totals(), received: this.#inbound.totals() };
  }

  /** Takes a datagram that is no handshake message; `undefined` stands for one that could not be parsed. */
  receive(frame: Frame | undefined): void {
    if (this.#error) return;
    this.#guard(() => {
      if (!frame) this.#refuse();
      else if (frame.type === frameTypes.ACK) this.#onAck(frame);
      else this.#onSequenced(frame);
    });
  }

  /** Stops timers and forgets what was not sent. */
  close(error = new WireError('WIRE_CLOSED', 'channel: closed')): void {
    if (this.#error) return;
    this.#error = error;
    clearTimeout(this.#ackTimer);
    clearInterval(this.#heartbeat);
    this.#outbound.close();
    this.#failed.reject(error);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (error.code === 'WIRE_BYTE_CEILING') this.#breach(error);
      else this.close(error);
    }
  }

  /** The link is sound, so the peer is told why nothing more comes. */
  #breach(error: WireError): void {
    this.end({ code: error.code, retryable: false });
    this.#failed.reject(error);
  }

  #onSequenced(frame: Frame): void {
    const verdict = this.#inbound.take(frame);
    if (verdict === 'refused') return this.#refuse();
    if (verdict === 'duplicate') this.#duplicates += 1;
    else this.#onHeard();
    if (verdict === 'new') this.#sinceProgress = 0;
    this.#unacknowledged += 1;
    // Gaps and repetitions are told at once: the sender waits for it.
    if (verdict !== 'new' || this.#unacknowledged >= ackEvery) this.#acknowledge();
    else this.#ackTimer ??= setTimeout(() => this.#acknowledge(), ackDelayMs);
  }

  #onAck(frame: Frame): void {
    const plaintext = this.#options.keys.receive.acks.open(frame.sequence, frame.header, frame.payload);
    const acknowledgement = plaintext && decodeAcknowledgement(plaintext);
    if (!acknowledgement) return this.#refuse();
    // An older one may be a recording: it shows nothing about now.
    if (frame.sequence > this.#peerAckSequence) {
      this.#peerAckSequence = frame.sequence;
      this.#onHeard();
    }
    this.#outbound.acknowledge(acknowledgement);
  }

  #onHeard(): void {
    this.#heard = true;
    this.#silentBeats = 0;
  }

  /**
   * Says that this side is there, and notices when the peer no longer is. Beats are counted, not milliseconds: a process
   * that was frozen itself must not blame the peer. A peer that has sent END owes nothing more.
   */
  #beat(): void {
    this.#acknowledge();
    this.#silentBeats += 1;
    if (this.#silentBeats <= maxSilentBeats || this.#peerHasEnded) return;
    const seconds = Math.round((maxSilentBeats * (this.#options.heartbeatMs ?? heartbeatMs)) / 1_000);
    throw new WireError('WIRE_PEER_SILENT', `peer: nothing was heard of it for ${seconds} s`);
  }

  #acknowledge(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    this.#unacknowledged = 0;
    const cipher = this.#options.keys.send.acks;
    const plaintext = encodeAcknowledgement({ ...this.#inbound.arrived(), window: this.#options.window ?? pairWindow });
    const sequence = ++this.#ackSequence;
    const header = encodeHeader({ type: frameTypes.ACK, connection: 0, sequence }, plaintext.length + cipher.overhead);
    this.#options.send(Buffer.concat([header, cipher.seal(sequence, header, plaintext)]));
  }

  #deliver({ frame, plaintext }: InboundFrame): void {
    if (frame.type === frameTypes.END) this.#onEnd(plaintext);
    else if (this.#listener) this.#listener.onFrame(frame.type, frame.connection, plaintext);
    else this.#early.push({ frame, plaintext });
  }

  #onEnd(plaintext: Buffer): void {
    const end = endSchema.safeParse(JSON.parse(plaintext.toString('utf8')));
    const totals = this.#inbound.totals();
    if (!end.success || end.data.digest !== totals.digest || end.data.frames !== totals.frames || end.data.bytes !== totals.bytes) {
      throw new WireError('WIRE_TRANSCRIPT_MISMATCH', 'END: what the peer says it sent is not what arrived');
    }
    this.#peerHasEnded = true;
    this.#done.resolve(end.data);
  }

  #refuse(): void {
    this.#refused += 1;
    this.#sinceProgress += 1;
    if (this.#sinceProgress > maxRefused) {
      throw new WireError('WIRE_TAMPERED', `link: ${this.#sinceProgress} datagrams in a row were altered or forged`);
    }
  }
}
