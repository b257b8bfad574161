import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testProfiles, testSession } from '../testing/parties.ts';
import { Tunnel } from './tunnel.ts';
import type { Server, Socket } from 'node:net';
import type { WireProfileName } from '../profile/wire-profile.ts';
import type { TestSession } from '../testing/parties.ts';

interface Setup {
  readonly session: TestSession;
  readonly a: Tunnel;
  readonly b: Tunnel;
  close: () => void;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Below the range from which the kernel gives ports to connections: nobody takes it between this check and its use. */
async function freePort(): Promise<number> {
  const port = randomInt(10_240, 32_768);
  const server = createServer();
  const taken = await new Promise<boolean>((resolve) => server.once('error', () => resolve(true)).listen(port, '127.0.0.1', () => resolve(false)));
  if (taken) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}

/** Engine A reaches engine B's port through `a`. */
async function setup(wireProfile: WireProfileName, enginePortB: number, enginePortA = 1): Promise<Setup> {
  const session = await testSession({ wireProfile });
  const signal = AbortSignal.timeout(20_000);
  const [a, b] = [
    await Tunnel.open({ channel: session.channels[0], initiator: true, listenPort: 0, enginePort: enginePortA, signal }),
    await Tunnel.open({ channel: session.channels[1], initiator: false, listenPort: 0, enginePort: enginePortB, signal }),
  ];
  const close = (): void => {
    a.close();
    b.close();
    session.close();
  };
  return { session, a, b, close };
}

/** Listens and echoes; ends when the other side does. */
async function echo(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: portOf(server) };
}

async function roundTrip(port: number, bytes: Buffer): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const hash = createHash('sha256');
  socket.on('data', (chunk) => hash.update(chunk));
  socket.end(bytes);
  await once(socket, 'end');
  return hash.digest('hex');
}

for (const wireProfile of testProfiles) describe(`tunnel, ${wireProfile}`, () => {
  test('many connections with half-close over a link that loses and shuffles', async () => {
    const engine = await echo();
    const { session, a, close } = await setup(wireProfile, engine.port);
    session.links.forEach((link) => (link.faults = { lose: 0.05, reorder: 0.1, repeat: 0.05 }));
    const bodies = Array.from({ length: 20 }, (_, index) => randomBytes(10_000 * index + 1));
    const digests = await Promise.all(bodies.map((body) => roundTrip(a.port, body)));
    assert.deepEqual(digests, bodies.map((body) => createHash('sha256').update(body).digest('hex')));
    await a.settle(2_000);
    assert.equal(a.open, 0);
    close();
    engine.server.close();
  });

  test('a connection is held until the engine at the other end listens', async () => {
    const port = await freePort();
    const { a, close } = await setup(wireProfile, port);
    const result = roundTrip(a.port, Buffer.from('early'));
    await delay(300);
    const engine = await echo(port);
    assert.equal(await result, createHash('sha256').update('early').digest('hex'));
    close();
    engine.server.close();
  });

  test('a slow reader holds its sender back and nobody else', async () => {
    const sockets: Socket[] = [];
    const slow = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      // Reads nothing at first; the second connection echoes.
      if (sockets.length === 1) socket.pause();
      else socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const { session, a, close } = await setup(wireProfile, portOf(slow));
    const stuck = connect({ port: a.port, host: '127.0.0.1' });
    stuck.on('error', () => undefined);
    const size = 40_000_000;
    stuck.write(Buffer.alloc(size));
    await delay(300);
    const held = session.channels[0].engineBytes.sent;
    assert.ok(held < 12_000_000, `${held} bytes went out to one who does not read`);
    assert.equal(await roundTrip(a.port, Buffer.from('other')), createHash('sha256').update('other').digest('hex'));
    let got = 0;
    sockets[0]?.on('data', (chunk: Buffer) => (got += chunk.length)).resume();
    while (got < size) await delay(10);
    assert.equal(got, size);
    stuck.destroy();
    close();
    slow.close();
  });

  test('an engine that goes away resets the other end', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { a, b, close } = await setup(wireProfile, portOf(server));
    const socket = connect({ port: a.port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.write('x');
    await once(socket, 'close');
    await Promise.all([a.settle(1_000), b.settle(1_000)]);
    assert.deepEqual([a.open, b.open], [0, 0]);
    close();
    server.close();
  });
});
