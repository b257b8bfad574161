import { frameTypes } from '../frames/frame.ts';
import type { Socket } from 'node:net';
import type { ReliableChannel } from '../channel/reliable-channel.ts';

/** Bytes one connection may have at the other end that its engine has not read yet. */
export const connectionCredit = 1024 * 1024;
const creditStep = connectionCredit / 4;
const queueHigh = 256 * 1024;
const queueLow = 64 * 1024;

export const closeKinds = { fin: Buffer.of(0), reset: Buffer.of(1) } as const;

/** One TCP connection of an engine, carried as frames; each side holds one end of it. */
export class TunnelConnection {
  readonly id: number;
  readonly #channel: ReliableChannel;
  readonly #onDone: () => void;
  #socket: Socket | undefined;
  #pending: Buffer[] = [];
  #queue: Buffer[] = [];
  #queued = 0;
  #credit = connectionCredit;
  /** Bytes taken in that the peer has not been told about. */
  #consumed = 0;
  #granted = connectionCredit;
  #localEnd: 'open' | 'fin' | 'reset' = 'open';
  #localEndSent = false;
  #remoteEnd = false;
  #done = false;

  constructor(id: number, channel: ReliableChannel, onDone: () => void) {
    this.id = id;
    this.#channel = channel;
    this.#onDone = onDone;
  }

  /** Gives the engine's end; what has arrived meanwhile goes in first. */
  attach(socket: Socket): void {
    if (this.#done) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#queue.push(chunk);
      this.#queued += chunk.length;
      if (this.#queued > queueHigh) socket.pause();
      this.pump();
    });
    socket.on('end', () => this.#endLocal('fin'));
    socket.on('error', () => this.#endLocal('reset'));
    socket.on('close', () => this.#endLocal('reset'));
    for (const chunk of this.#pending) this.#deliver(chunk);
    this.#pending = [];
    if (this.#remoteEnd) socket.end();
  }

  /** Sends what the window of the pair and the credit of this connection allow; true when it sent something. */
  pump(): boolean {
    let sent = false;
    while (this.#queued > 0 && this.#credit > 0 && this.#channel.hasRoom) {
      const chunk = this.#take(Math.min(this.#credit, this.#channel.chunk));
      this.#credit -= chunk.length;
      this.#channel.write(frameTypes.DATA, this.id, chunk);
      sent = true;
    }
    if (this.#queued <= queueLow && this.#socket?.isPaused()) this.#socket.resume();
    if (this.#queued === 0 && this.#localEnd !== 'open' && !this.#localEndSent) {
      this.#localEndSent = true;
      this.#channel.write(frameTypes.CLOSE, this.id, closeKinds[this.#localEnd]);
      this.#finishIfDone();
    }
    return sent;
  }

  onData(data: Buffer): void {
    this.#granted -= data.length;
    if (this.#granted < 0) return this.reset();
    if (this.#socket) this.#deliver(data);
    else this.#pending.push(data);
  }

  onCredit(bytes: number): void {
    this.#credit = Math.min(connectionCredit, this.#credit + bytes);
    this.pump();
  }

  onClose(payload: Buffer): void {
    if (payload[0] === closeKinds.reset[0]) {
      // The other end is gone: nobody would read the rest.
      this.#queue = [];
      this.#queued = 0;
      this.#localEndSent = true;
      this.#localEnd = 'reset';
      this.#remoteEnd = true;
      this.#finishIfDone();
      return;
    }
    this.#remoteEnd = true;
    this.#socket?.end();
    this.#finishIfDone();
  }

  /** Ends both directions now. */
  reset(): void {
    this.#queue = [];
    this.#queued = 0;
    this.#endLocal('reset');
  }

  #endLocal(kind: 'fin' | 'reset'): void {
    if (this.#localEnd === 'reset' || (kind === 'reset' && this.#localEndSent && this.#remoteEnd)) return;
    if (kind === 'reset' && this.#localEndSent) {
      // FIN is out, and now the engine has gone without reading the rest.
      this.#localEndSent = false;
    }
    this.#localEnd = kind;
    this.pump();
  }

  #deliver(data: Buffer): void {
    this.#socket?.write(data, () => {
      this.#consumed += data.length;
      if (this.#consumed < creditStep || this.#done) return;
      const payload = Buffer.alloc(4);
      payload.writeUInt32BE(this.#consumed);
      this.#granted += this.#consumed;
      this.#consumed = 0;
      this.#channel.write(frameTypes.CREDIT, this.id, payload);
    });
  }

  #take(most: number): Buffer {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < most) {
      const first = this.#queue.shift();
      if (!first) break;
      const rest = most - length;
      if (first.length > rest) {
        parts.push(first.subarray(0, rest));
        this.#queue.unshift(first.subarray(rest));
        length += rest;
      } else {
        parts.push(first);
        length += first.length;
      }
    }
    this.#queued -= length;
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, length);
  }

  #finishIfDone(): void {
    const reset = this.#localEnd === 'reset' && this.#localEndSent;
    if (this.#done || !(reset || (this.#localEndSent && this.#remoteEnd))) return;
    this.#done = true;
    // Not destroy(): what came before the reset still belongs to the engine.
    if (reset) this.#socket?.destroySoon();
    this.#onDone();
  }
}
