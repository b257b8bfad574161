import { WireError } from '../errors.ts';

export const frameVersion = 1;
export const headerLength = 20;
/** Most octets after the header: with it a frame stays below the 1 MB that a NATS server takes by default. */
export const maxPayload = 512 * 1024;

export const frameTypes = { HELLO: 1, CONFIRM: 2, ACK: 3, OPEN: 4, DATA: 5, CLOSE: 6, CREDIT: 7, END: 8 } as const;
export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

export interface FrameHeader {
  readonly type: FrameType;
  /** Tunnel connection, 0 where a frame belongs to none. */
  readonly connection: number;
  /** Per direction, from 1; ACK frames count on their own. */
  readonly sequence: number;
}

export interface Frame extends FrameHeader {
  readonly header: Buffer;
  readonly payload: Buffer;
}

/** The 20 octets: version u8, type u8, zero u16, connection u32, sequence u64, payload length u32; big-endian. */
export function encodeHeader({ type, connection, sequence }: FrameHeader, length: number): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUInt8(frameVersion, 0);
  header.writeUInt8(type, 1);
  header.writeUInt32BE(connection, 4);
  header.writeBigUInt64BE(BigInt(sequence), 8);
  header.writeUInt32BE(length, 16);
  return header;
}

const known = new Set<number>(Object.values(frameTypes));

/**
 * Strict: every octet is accounted for.
 *
 * @throws WireError WIRE_FRAME_INVALID naming the field
 */
export function parseFrame(bytes: Uint8Array): Frame {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (frame.length < headerLength) throw invalid('header is cut');
  if (frame.readUInt8(0) !== frameVersion) throw invalid(`version ${frame.readUInt8(0)} is not ${frameVersion}`);
  const type = frame.readUInt8(1);
  if (!known.has(type)) throw invalid(`type ${type} is unknown`);
  if (frame.readUInt16BE(2) !== 0) throw invalid('reserved octets are not zero');
  const sequence = frame.readBigUInt64BE(8);
  if (sequence > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid('sequence is too large');
  const length = frame.readUInt32BE(16);
  if (length > maxPayload) throw invalid(`length is above ${maxPayload}`);
  if (frame.length !== headerLength + length) throw invalid('length does not fit the datagram');
  return {
    type: type as FrameType,
    connection: frame.readUInt32BE(4),
    sequence: Number(sequence),
    header: frame.subarray(0, headerLength),
    payload: frame.subarray(headerLength),
  };
}

function invalid(what: string): WireError {
  return new WireError('WIRE_FRAME_INVALID', `frame: ${what}`);
}
