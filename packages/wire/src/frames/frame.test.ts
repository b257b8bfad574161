import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WireError } from '../errors.ts';
import { encodeHeader, frameTypes, headerLength, maxPayload, parseFrame } from './frame.ts';

const invalid = (part: RegExp) => (error: unknown) => error instanceof WireError && error.code === 'WIRE_FRAME_INVALID' && part.test(error.message);
const sample = (): Buffer => Buffer.concat([encodeHeader({ type: frameTypes.DATA, connection: 7, sequence: 2 ** 40 }, 3), Buffer.from('abc')]);

test('a frame is read as it was written', () => {
  const frame = parseFrame(sample());
  assert.deepEqual([frame.type, frame.connection, frame.sequence, frame.payload.toString()], [frameTypes.DATA, 7, 2 ** 40, 'abc']);
});

test('whatever does not fit is refused', () => {
  const change = (at: number, value: number): Buffer => {
    const bytes = sample();
    bytes[at] = value;
    return bytes;
  };
  assert.throws(() => parseFrame(Buffer.alloc(headerLength - 1)), invalid(/cut/));
  assert.throws(() => parseFrame(change(0, 2)), invalid(/version/));
  assert.throws(() => parseFrame(change(1, 99)), invalid(/type/));
  assert.throws(() => parseFrame(change(3, 1)), invalid(/reserved/));
  assert.throws(() => parseFrame(change(8, 0xff)), invalid(/sequence/));
  assert.throws(() => parseFrame(sample().subarray(0, -1)), invalid(/length/));
  assert.throws(() => parseFrame(Buffer.concat([sample(), Buffer.of(0)])), invalid(/length/));
  const large = Buffer.alloc(headerLength + maxPayload + 1);
  encodeHeader({ type: frameTypes.DATA, connection: 1, sequence: 1 }, maxPayload + 1).copy(large);
  assert.throws(() => parseFrame(large), invalid(/above/));
});
