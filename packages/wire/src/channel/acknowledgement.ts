import { maxAhead } from './limits.ts';

/** Payload of an ACK: every frame below `next` has arrived, and of those from it on the ones whose bit is set. */
export interface Acknowledgement {
  readonly next: number;
  /** Sequences beyond `next` that wait for it. */
  readonly ahead: readonly number[];
  /** Most bytes that this side wants on the way to it. */
  readonly window: number;
}

const windowAt = 8 + maxAhead / 8;
const length = windowAt + 4;

export function encodeAcknowledgement({ next, ahead, window }: Acknowledgement): Buffer {
  const payload = Buffer.alloc(length);
  payload.writeBigUInt64BE(BigInt(next), 0);
  payload.writeUInt32BE(window, windowAt);
  for (const sequence of ahead) {
    const bit = sequence - next;
    if (bit >= 0 && bit < maxAhead) payload[8 + (bit >> 3)] = (payload[8 + (bit >> 3)] ?? 0) | (1 << (bit & 7));
  }
  return payload;
}

export function decodeAcknowledgement(payload: Buffer): Acknowledgement | undefined {
  if (payload.length !== length) return undefined;
  const next = Number(payload.readBigUInt64BE(0));
  if (!Number.isSafeInteger(next)) return undefined;
  const ahead: number[] = [];
  for (let bit = 0; bit < maxAhead; bit += 1) {
    if (((payload[8 + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) ahead.push(next + bit);
  }
  return { next, ahead, window: payload.readUInt32BE(windowAt) };
}
