import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { A, B, Federation, NET } from '@collabnet/messaging/testing/federation';
import { openSession, Tunnel } from '@collabnet/wire';
import type { ReliableChannel } from '@collabnet/wire';
import { testContext, testParty } from '@collabnet/wire/testing/parties';
import { NatsLink } from './nats-link.ts';

const address = { net: NET, task: 'a'.repeat(32), attempt: 'align-1' };

function portOf(server: Server): number {
  const at = server.address();
  return typeof at === 'object' && at ? at.port : 0;
}

describe('a pair over two institutions and a hub', () => {
  let federation: Federation;
  let channels: [ReliableChannel, ReliableChannel];
  let tunnels: [Tunnel, Tunnel];
  let engine: Server;
  let received: { bytes: number; hash: ReturnType<typeof createHash> };
  before(async () => {
    federation = await Federation.start();
    const context = testContext();
    const [a, b] = [await testParty('alpha', context), await testParty('beta', context)];
    const linkA = new NatsLink(await federation.courier(federation.a, [B], address), address, A, B);
    const linkB = new NatsLink(await federation.courier(federation.b, [A], address), address, B, A);
    const common = { context, byteCeiling: 1e12, signal: AbortSignal.timeout(20_000) };
    channels = await Promise.all([
      openSession({ ...common, link: linkA, self: a.identity, peer: b.asPeer }),
      openSession({ ...common, link: linkB, self: b.identity, peer: a.asPeer }),
    ]);
    engine = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        received.bytes += chunk.length;
        received.hash.update(chunk);
      });
    }).listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const signal = AbortSignal.timeout(120_000);
    tunnels = [
      await Tunnel.open({ channel: channels[0], initiator: true, listenPort: 0, enginePort: 1, signal }),
      await Tunnel.open({ channel: channels[1], initiator: false, listenPort: 0, enginePort: portOf(engine), signal }),
    ];
  });
  after(async () => {
    tunnels.forEach((tunnel) => tunnel.close());
    channels.forEach((channel) => channel.close());
    engine.close();
    await federation.stop();
  });

  async function carry(blocks: number, during?: () => Promise<void>): Promise<number> {
    received = { bytes: 0, hash: createHash('sha256') };
    const [block, hash, begun] = [randomBytes(1_000_000), createHash('sha256'), performance.now()];
    const socket = connect(tunnels[0].port, '127.0.0.1');
    const sending = (async () => {
      for (let sent = 0; sent < blocks; sent += 1) {
        hash.update(block);
        if (!socket.write(block)) await once(socket, 'drain');
      }
    })();
    await during?.();
    await sending;
    while (received.bytes < blocks * block.length) await delay(5);
    socket.destroy();
    assert.equal(received.hash.digest('hex'), hash.digest('hex'));
    return performance.now() - begun;
  }

  test('100 MB arrive unchanged', { timeout: 60_000 }, async () => {
    const cpu = process.cpuUsage();
    const ms = await carry(100);
    const { user, system } = process.cpuUsage(cpu);
    process.stdout.write(`# tunnel over three NATS servers: ${(100_000 / ms).toFixed(1)} MB/s, ${((user + system) / 1e6).toFixed(2)} CPU s for both ends of 100 MB\n`);
  });

  test('nothing is lost when a server of either side restarts', { timeout: 60_000 }, async () => {
    await carry(60, async () => {
      for (const { process: server } of [federation.a, federation.b]) {
        await delay(200);
        await server.stop();
        await delay(200);
        await server.start();
        await delay(3_000);
      }
    });
    assert.ok(channels[0].counters.resent > 0);
  });
});
