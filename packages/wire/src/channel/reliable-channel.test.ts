import assert from 'node:assert/strict';
import { randomBytes, randomFillSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WireError } from '../errors.ts';
import { encodeHeader, frameTypes } from '../frames/frame.ts';
import { testProfiles, testSession } from '../testing/parties.ts';
import type { Faults } from '../testing/faulty-link.ts';
import type { TestSession } from '../testing/parties.ts';
import type { ReliableChannel } from './reliable-channel.ts';

const ends = (code: string) => (error: unknown) => error instanceof WireError && error.code === code;

/** Sends `total` bytes and END; answers what the other end got. */
async function carry(from: ReliableChannel, to: ReliableChannel, total: number, chunk: number): Promise<boolean> {
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  to.listen({ onFrame: (_type, _id, plaintext) => received.push(plaintext), onRoom: () => undefined });
  let length = 0;
  while (length < total) {
    const data = randomBytes(Math.min(chunk, total - length));
    sent.push(data);
    length += data.length;
    while (!from.hasRoom) await Promise.race([delay(1), from.failed]);
    from.write(frameTypes.DATA, 1, data);
  }
  from.end();
  await Promise.race([to.peerEnd, from.failed]);
  return Buffer.concat(sent).equals(Buffer.concat(received));
}

async function bothWays(session: TestSession, total: number, chunk = 20_000): Promise<void> {
  const [a, b] = session.channels;
  assert.deepEqual(await Promise.all([carry(a, b, total, chunk), carry(b, a, total / 2, chunk)]), [true, true], 'the bytes arrive unchanged');
  const [atA, atB] = [a.totals(), b.totals()];
  assert.deepEqual(atA.sent, atB.received, 'both ends have the same transcript of a to b');
  assert.deepEqual(atA.received, atB.sent);
  assert.equal(atA.sent.bytes, total);
  assert.notEqual(atA.sent.digest, atA.received.digest);
}

const faults: Record<string, Faults> = {
  none: {},
  'a tenth lost': { lose: 0.1 },
  repeated: { repeat: 0.5 },
  reordered: { reorder: 0.4 },
  altered: { alter: 0.1 },
  truncated: { truncate: 0.1 },
  'all at once': { lose: 0.1, repeat: 0.1, reorder: 0.2, alter: 0.03, truncate: 0.03 },
};

for (const wireProfile of testProfiles) describe(`channel, ${wireProfile}`, () => {
  for (const [name, fault] of Object.entries(faults)) {
    test(`carries everything in order with faults: ${name}`, async () => {
      const session = await testSession({ wireProfile });
      session.links.forEach((link) => (link.faults = fault));
      await bothWays(session, 3_000_000);
      const counters = session.channels.map((channel) => channel.counters);
      if (fault.lose || fault.alter || fault.truncate) assert.ok(counters.some(({ resent }) => resent > 0));
      if (fault.alter || fault.truncate) assert.ok(counters.some(({ refused }) => refused > 0), 'damage is counted');
      if (fault.repeat) assert.ok(counters.some(({ duplicates }) => duplicates > 0));
      session.close();
    });
  }

  test('re-sends are byte-identical', async () => {
    const session = await testSession({ wireProfile });
    const seen = new Map<string, string>();
    let repeated = 0;
    session.links[0].faults = {
      lose: 0.3,
      intercept: (bytes) => {
        if (bytes[1] !== frameTypes.DATA) return true;
        const [key, value] = [bytes.subarray(8, 16).toString('hex'), bytes.toString('hex')];
        if (seen.has(key)) {
          repeated += 1;
          assert.equal(seen.get(key), value);
        }
        seen.set(key, value);
        return true;
      },
    };
    await carry(session.channels[0], session.channels[1], 500_000, 10_000);
    assert.ok(repeated > 0);
    session.close();
  });

  test('never more than the window on the way, and memory bounded, with a peer that is silent', async () => {
    const session = await testSession({ wireProfile });
    let bytes = 0;
    session.links[0].faults = { intercept: (datagram) => ((bytes += datagram.length), false) };
    const data = randomFillSync(Buffer.alloc(100_000));
    let frames = 0;
    while (session.channels[0].hasRoom) {
      session.channels[0].write(frameTypes.DATA, 1, data);
      frames += 1;
    }
    assert.ok(frames <= 22 && bytes <= 300_000, `${frames} frames kept, ${bytes} bytes sent: a window starts small`);
    await delay(1_500);
    assert.ok(bytes <= 800_000, `${bytes} bytes sent: a silent link is only probed`);
    session.close();
  });

  test('the smaller window of the two sides holds, and a frame is a sixteenth of it', async () => {
    const [asked, own] = [64 * 1024, 2 * 1024 * 1024];
    const session = await testSession({ wireProfile, windows: [own, asked] });
    const [a] = session.channels;
    assert.equal(a.chunk, own / 16 - 64);
    a.write(frameTypes.DATA, 1, Buffer.from('until the first acknowledgement'));
    while (!a.drained) await delay(1);
    assert.equal(a.chunk, asked / 16 - 64);
    const sent = new Map<bigint, number>();
    session.links[0].faults = { intercept: (bytes) => (bytes[1] === frameTypes.DATA && sent.set(bytes.readBigUInt64BE(8), bytes.length), true) };
    session.links[1].faults = { lose: 1 };
    const block = randomFillSync(Buffer.alloc(a.chunk));
    while (a.hasRoom) a.write(frameTypes.DATA, 1, block);
    await delay(50);
    const onTheWay = [...sent.values()].reduce((sum, length) => sum + length, 0);
    assert.ok(onTheWay > asked / 2 && onTheWay <= asked, `${onTheWay} bytes are on the way`);
    session.close();
  });

  test('frames that come before anybody listens are kept, in order', async () => {
    const session = await testSession({ wireProfile });
    const [a, b] = session.channels;
    for (const text of ['one', 'two']) a.write(frameTypes.DATA, 1, Buffer.from(text));
    while (!a.drained) await delay(1);
    a.write(frameTypes.DATA, 1, Buffer.from('three'));
    const seen: string[] = [];
    b.listen({ onFrame: (_type, _id, plaintext) => seen.push(plaintext.toString()), onRoom: () => undefined });
    while (!a.drained) await delay(1);
    assert.deepEqual(seen, ['one', 'two', 'three']);
    session.close();
  });

  test('foreign and replayed frames are counted and change nothing', async () => {
    const session = await testSession({ wireProfile });
    const other = await testSession({ wireProfile });
    const recorded: Buffer[] = [];
    for (const each of [session, other]) each.links[0].faults = { intercept: (bytes) => recorded.push(Buffer.from(bytes)) > 0 };
    await carry(other.channels[0], other.channels[1], 100_000, 10_000);
    const foreign = recorded.splice(0);
    for (const bytes of foreign) session.links[0].inject(bytes);
    await bothWays(session, 1_000_000);
    const before = session.channels[1].counters;
    for (const bytes of recorded) session.links[0].inject(bytes);
    await delay(50);
    assert.ok(before.refused > 0, 'foreign frames are refused');
    assert.ok(session.channels[1].counters.duplicates > before.duplicates, 'replays are known');
    session.close();
    other.close();
  });

  test('a link that alters everything ends with WIRE_TAMPERED', async () => {
    const session = await testSession({ wireProfile });
    session.links[0].faults = { alter: 1 };
    const flood = setInterval(() => {
      const header = encodeHeader({ type: frameTypes.DATA, connection: 1, sequence: 1 }, 40);
      session.links[0].inject(Buffer.concat([header, randomBytes(40)]));
    }, 1);
    await assert.rejects(session.channels[1].peerEnd, ends('WIRE_TAMPERED'));
    clearInterval(flood);
    session.close();
  });

  test('a byte ceiling ends either side', async () => {
    const session = await testSession({ wireProfile, byteCeiling: 50_000 });
    await assert.rejects(carry(session.channels[0], session.channels[1], 60_000, 10_000), ends('WIRE_BYTE_CEILING'));
    session.close();
    const generous = await testSession({ wireProfile, byteCeiling: 1e9 });
    generous.close();
  });

  test('a session with nothing to say stays open; a peer that vanishes ends it', async () => {
    const session = await testSession({ wireProfile, heartbeatMs: 10 });
    await delay(500);
    await bothWays(session, 100_000);
    session.close();

    const recorded: Buffer[] = [];
    const vanishing = await testSession({ wireProfile, heartbeatMs: 10 });
    vanishing.links[1].faults = { intercept: (bytes) => (recorded.push(Buffer.from(bytes)), recorded.length < 20) };
    const replay = setInterval(() => recorded.slice(0, 20).forEach((bytes) => vanishing.links[1].inject(bytes)), 5);
    await assert.rejects(vanishing.channels[0].peerEnd, ends('WIRE_PEER_SILENT'), 'recordings are no sign of life');
    clearInterval(replay);
    vanishing.close();
  });

  test('a peer that has said END may be silent', async () => {
    const session = await testSession({ wireProfile, heartbeatMs: 10 });
    session.channels[1].end();
    await session.channels[0].peerEnd;
    session.links[1].faults = { lose: 1 };
    const state = await Promise.race([session.channels[0].failed, delay(300, 'open')]);
    assert.equal(state, 'open');
    session.close();
  });

  test('END tells why a side failed', async () => {
    const session = await testSession({ wireProfile });
    session.channels[0].end({ code: 'ENGINE_FAILED', retryable: true });
    assert.deepEqual((await session.channels[1].peerEnd).failure, { code: 'ENGINE_FAILED', retryable: true });
    session.close();
  });
});
