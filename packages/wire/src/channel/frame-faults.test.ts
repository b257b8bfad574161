import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WireError } from '../errors.ts';
import { frameTypes } from '../frames/frame.ts';
import { testProfiles, testSession } from '../testing/parties.ts';
import type { TestSession, TestSessionOptions } from '../testing/parties.ts';
import type { ReliableChannel } from './reliable-channel.ts';

// The names of these tests are the rows of docs/faults.md about frames: `frame fault: <kind>: <outcome>`.

const frames = 24;
const frameBytes = 2_000;
/** Where a single bit is turned: in each field of the header, and in ciphertext and tag behind it. */
const fields = { version: 0, type: 1, reserved: 3, connection: 7, sequence: 15, length: 19, ciphertext: 40, tag: -1 };

interface Carried {
  /** What came out at B was what went in at A, once and in order, and both transcripts agree. */
  readonly whole: boolean;
  readonly refused: number;
  readonly duplicates: number;
  readonly resent: number;
}

/** Sends from A to B, ends both directions and compares what arrived, as receipts do. */
async function carry({ channels: [a, b] }: TestSession): Promise<Carried> {
  const [sent, received] = [createHash('sha256'), createHash('sha256')];
  b.listen({ onFrame: (type, _id, plaintext) => void (type === frameTypes.DATA && received.update(plaintext)), onRoom: () => undefined });
  for (let index = 0; index < frames; index += 1) {
    const data = randomBytes(frameBytes);
    sent.update(data);
    while (!a.hasRoom) await Promise.race([delay(1), a.failed]);
    a.write(frameTypes.DATA, 1, data);
  }
  a.end();
  b.end();
  await Promise.all([b.peerEnd, a.peerEnd]);
  const same = received.digest('hex') === sent.digest('hex');
  const agreed = JSON.stringify(a.totals().sent) === JSON.stringify(b.totals().received);
  return { whole: same && agreed && b.totals().received.bytes === frames * frameBytes, refused: b.counters.refused, duplicates: b.counters.duplicates, resent: a.counters.resent };
}

const opened: TestSession[] = [];
afterEach(() => opened.splice(0).forEach((session) => session.close()));

async function open(options: TestSessionOptions): Promise<TestSession> {
  const session = await testSession(options);
  opened.push(session);
  return session;
}

const isData = (bytes: Buffer): boolean => bytes[1] === frameTypes.DATA;

/** Everything that one end of a session says while it carries its own data. */
async function recorded(options: TestSessionOptions, from: 0 | 1 = 0): Promise<Buffer[]> {
  const session = await open(options);
  const seen: Buffer[] = [];
  session.links[from].faults = { intercept: (bytes) => seen.push(Buffer.from(bytes)) > 0 };
  assert.equal((await carry(session)).whole, true);
  return seen;
}

async function counted(channel: ReliableChannel, refused: number): Promise<void> {
  for (let wait = 0; wait < 200 && channel.counters.refused < refused; wait += 1) await delay(5);
  assert.equal(channel.counters.refused, refused);
}

for (const wireProfile of testProfiles) {
  describe(`frames, ${wireProfile}`, () => {
    test('frame fault: lost: sent again octet for octet, delivered once and in order', async () => {
      const session = await open({ wireProfile });
      const first = new Map<string, string>();
      let repeated = 0;
      session.links[0].faults = {
        intercept: (bytes) => {
          if (!isData(bytes)) return true;
          const [sequence, text] = [bytes.toString('hex', 8, 16), bytes.toString('hex')];
          const before = first.get(sequence);
          first.set(sequence, text);
          if (before !== undefined) repeated += before === text ? 1 : Number.NaN;
          return before !== undefined || first.size % 5 !== 0;
        },
      };
      const carried = await carry(session);
      assert.equal(carried.whole, true);
      assert.ok(repeated >= Math.floor(frames / 5), `${repeated} repeated alike`);
    });

    test('frame fault: duplicate: counted, delivered once', async () => {
      const session = await open({ wireProfile });
      session.links[0].faults = { intercept: (bytes) => (isData(bytes) && session.links[0].inject(Buffer.from(bytes)), true) };
      const carried = await carry(session);
      assert.equal(carried.whole, true);
      assert.ok(carried.duplicates >= frames && carried.refused === 0);
    });

    test('frame fault: reordered: put into order again', async () => {
      const session = await open({ wireProfile });
      const held: Buffer[] = [];
      session.links[0].faults = {
        intercept: (bytes) => {
          if (!isData(bytes)) return true;
          held.push(Buffer.from(bytes));
          if (held.length % 4 === 0) held.splice(0).reverse().forEach((each) => session.links[0].inject(each));
          return false;
        },
      };
      const carried = await carry(session);
      assert.deepEqual([carried.whole, carried.refused], [true, 0]);
    });

    test('frame fault: truncated: refused, sent again', async () => {
      const session = await open({ wireProfile });
      let cut = 0;
      session.links[0].faults = {
        intercept: (bytes) => {
          if (!isData(bytes) || cut >= 8) return true;
          session.links[0].inject(bytes.subarray(0, [0, 10, 20, 21, bytes.length - 1][cut % 5]));
          cut += 1;
          return false;
        },
      };
      const carried = await carry(session);
      assert.equal(carried.whole, true);
      assert.ok(carried.refused >= 8 && carried.resent >= 8);
    });

    test('frame fault: altered in any field: refused, sent again', async () => {
      const session = await open({ wireProfile });
      const places = Object.values(fields);
      let altered = 0;
      session.links[0].faults = {
        intercept: (bytes) => {
          const place = places[altered];
          if (!isData(bytes) || place === undefined) return true;
          altered += 1;
          const at = place < 0 ? bytes.length + place : place;
          bytes[at] = (bytes[at] ?? 0) ^ 1;
          return true;
        },
      };
      const carried = await carry(session);
      assert.equal(carried.whole, true);
      // One bit of the type makes an ACK of a DATA frame, and one of the sequence another number: both fail to open.
      assert.ok(carried.refused + carried.duplicates >= places.length && carried.resent >= places.length, JSON.stringify(carried));
    });

    test('frame fault: of another attempt: refused, changes nothing', () => takesNothing(wireProfile, { wireProfile, context: { attempt: 2 } }));

    test('frame fault: of another step: refused, changes nothing', () => takesNothing(wireProfile, { wireProfile, context: { step: 'other' } }));

    test('frame fault: of another task: refused, changes nothing', () => takesNothing(wireProfile, { wireProfile, context: { flowId: '11'.repeat(32) } }));

    test('frame fault: of another network: refused, changes nothing', () => takesNothing(wireProfile, { wireProfile, context: { networkId: '22'.repeat(32) } }));

    test('frame fault: of the other wire profile: refused, changes nothing', () => takesNothing(wireProfile, { wireProfile: wireProfile === 'gm' ? 'intl' : 'gm' }));

    test('frame fault: of another peer: refused, changes nothing', () => takesNothing(wireProfile, { wireProfile, codes: ['gamma', 'beta'] }));

    test('frame fault: of another session of the same attempt: refused, changes nothing', () => takesNothing(wireProfile, { wireProfile }));

    test('frame fault: reflected to its sender: refused, changes nothing', async () => {
      const session = await open({ wireProfile });
      let reflected = 0;
      session.links[0].faults = {
        intercept: (bytes) => {
          if (isData(bytes)) {
            reflected += 1;
            session.links[1].inject(Buffer.from(bytes));
          }
          return true;
        },
      };
      const carried = await carry(session);
      assert.equal(carried.whole, true);
      assert.ok(reflected >= frames);
      await delay(20);
      assert.ok(session.channels[0].counters.refused > 0);
      assert.equal(session.channels[0].totals().received.frames, 0);
    });

    test('frame fault: replayed: known, delivered once', async () => {
      const session = await open({ wireProfile });
      const seen: Buffer[] = [];
      session.links[0].faults = { intercept: (bytes) => seen.push(Buffer.from(bytes)) > 0 };
      const carried = await carry(session);
      assert.equal(carried.whole, true);
      const [before, said] = [session.channels[1].counters, seen.slice()];
      for (const bytes of said) session.links[0].inject(bytes);
      await delay(50);
      const { duplicates, refused } = session.channels[1].counters;
      assert.equal(duplicates - before.duplicates, said.filter((bytes) => isData(bytes) || bytes[1] === frameTypes.END).length);
      assert.equal(refused, before.refused);
      assert.equal(session.channels[1].totals().received.bytes, frames * frameBytes);
    });

    test('frame fault: only damaged ones: ends with WIRE_TAMPERED', async () => {
      const session = await open({ wireProfile });
      const [one = Buffer.alloc(0)] = (await recorded({ wireProfile })).filter(isData);
      const flood = setInterval(() => Array.from({ length: 10 }, () => session.links[0].inject(one)), 1);
      await assert.rejects(session.channels[1].peerEnd, (error) => error instanceof WireError && error.code === 'WIRE_TAMPERED');
      clearInterval(flood);
    });

    test('frame fault: beyond the ceiling of bytes, from an own engine or from a peer: ends with WIRE_BYTE_CEILING', async () => {
      const ceiling = (error: unknown): boolean => error instanceof WireError && error.code === 'WIRE_BYTE_CEILING';
      for (const [byteCeilings, at] of [[[20_000, 1e9], 0], [[1e9, 20_000], 1]] as const) {
        const session = await open({ wireProfile, byteCeilings });
        const [a, b] = session.channels;
        const [strict, other] = at === 0 ? [a, b] : [b, a];
        const failed = assert.rejects(strict.failed, ceiling);
        for (let index = 0; index < frames; index += 1) a.write(frameTypes.DATA, 1, randomBytes(frameBytes));
        await failed;
        assert.deepEqual((await other.peerEnd).failure, { code: 'WIRE_BYTE_CEILING', retryable: false }, 'the other side is told why');
        assert.ok(b.engineBytes.received > 0 && b.engineBytes.received <= 20_000);
        }
    });

    test('frame fault: beyond the ceiling of bytes by frames that carry nothing: ends with WIRE_BYTE_CEILING', async () => {
      const session = await open({ wireProfile, byteCeilings: [1e9, 5_000] });
      const [a, b] = session.channels;
      const failed = assert.rejects(b.failed, (error) => error instanceof WireError && error.code === 'WIRE_BYTE_CEILING');
      for (let index = 0; index < 200; index += 1) a.write(frameTypes.CLOSE, 999, Buffer.of(0));
      await failed;
    });

    /** Gives B what A has said in another session, before and while it says something in this one. */
    async function takesNothing(profile: typeof wireProfile, other: TestSessionOptions): Promise<void> {
      const strange = (await recorded(other)).filter((bytes) => bytes[1] !== frameTypes.HELLO && bytes[1] !== frameTypes.CONFIRM);
      assert.ok(strange.length > frames);
      const session = await open({ wireProfile: profile });
      for (const bytes of strange) session.links[0].inject(bytes);
      await counted(session.channels[1], strange.length);
      assert.deepEqual(session.channels[1].engineBytes, { sent: 0, received: 0 });
      assert.equal((await carry(session)).whole, true);
    }
  });
}
