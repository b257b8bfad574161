import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptInbox, connect as connectNats, epochSeconds } from '@collabnet/messaging';
import type { AttemptAddress, NatsConnection } from '@collabnet/messaging';
import { A, B, NET } from '@collabnet/messaging/testing/federation';
import type { Federation, Institution } from '@collabnet/messaging/testing/federation';
import { openSession, Tunnel } from '@collabnet/wire';
import type { ReliableChannel } from '@collabnet/wire';
import { testContext, testParty } from '@collabnet/wire/testing/parties';
import { NatsLink } from '../peers/nats-link.ts';

export interface BulkOptions {
  readonly window: number;
  /** Where the courier of B finds its server; default the server itself. */
  readonly urlOfB?: string;
  /** Octets a second that the engine of B takes. */
  readonly readRate?: number;
}

/** One attempt between A and B with all that lies between two engines: tunnels, channel, NATS users, servers. */
export class BulkPair {
  readonly #channels: readonly ReliableChannel[];
  readonly #tunnels: readonly Tunnel[];
  readonly #engine: Server;
  readonly #connections: readonly NatsConnection[];
  readonly #received = { bytes: 0, hash: createHash('sha256') };
  /** Octets a second; raise it to let a slow engine catch up. */
  readRate: number;

  private constructor(parts: { channels: ReliableChannel[]; tunnels: Tunnel[]; connections: NatsConnection[]; engine: Server; readRate: number }) {
    [this.#channels, this.#tunnels, this.#connections, this.#engine, this.readRate] = [parts.channels, parts.tunnels, parts.connections, parts.engine, parts.readRate];
    this.#engine.on('connection', (socket) => void this.#read(socket).catch(() => undefined));
  }

  static async open(federation: Federation, task: number, options: BulkOptions): Promise<BulkPair> {
    const flowId = task.toString(16).padStart(64, '0');
    const address: AttemptAddress = { net: NET, task: flowId.slice(32), attempt: 'align-1' };
    const courier = ({ nats, token, url }: Institution, peer: string, server = url): Promise<NatsConnection> =>
      connectNats({ servers: server, creds: nats.courier(address, token, [peer], epochSeconds() + 600).creds ?? '', name: 'courier', inboxPrefix: attemptInbox(address) });
    const connections = await Promise.all([courier(federation.a, B), courier(federation.b, A, options.urlOfB)]);
    const context = testContext({ flowId });
    const [a, b] = [await testParty('alpha', context), await testParty('beta', context)];
    const common = { context, byteCeiling: 1e12, window: options.window, signal: AbortSignal.timeout(60_000) };
    const channels = await Promise.all([
      openSession({ ...common, link: new NatsLink(connections[0], address, A, B), self: a.identity, peer: b.asPeer }),
      openSession({ ...common, link: new NatsLink(connections[1], address, B, A), self: b.identity, peer: a.asPeer }),
    ]);
    const engine = createServer().listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const { signal } = new AbortController();
    const enginePort = (engine.address() as { port: number }).port;
    const tunnels = [
      await Tunnel.open({ channel: channels[0], initiator: true, listenPort: 0, enginePort: 1, signal }),
      await Tunnel.open({ channel: channels[1], initiator: false, listenPort: 0, enginePort, signal }),
    ];
    return new BulkPair({ channels, tunnels, connections, engine, readRate: options.readRate ?? Number.POSITIVE_INFINITY });
  }

  get receivedBytes(): number {
    return this.#received.bytes;
  }

  /** Octets that a sender has repeated because nothing was heard of them. */
  get resent(): number {
    return this.#channels.reduce((sum, { counters }) => sum + counters.resent, 0);
  }

  /** Sends from engine to engine; answers when all of it has arrived, the same octets in the same order. @returns ms */
  async carry(bytes: number): Promise<number> {
    const [block, hash, begun] = [randomBytes(1_000_000), createHash('sha256'), performance.now()];
    const socket = connect(this.#tunnels[0]?.port ?? 0, '127.0.0.1');
    const failed = Promise.race(this.#channels.map((channel) => channel.failed));
    failed.catch(() => undefined);
    for (let sent = 0; sent < bytes; sent += block.length) {
      const part = block.subarray(0, Math.min(block.length, bytes - sent));
      hash.update(part);
      if (!socket.write(part)) await Promise.race([once(socket, 'drain'), failed]);
    }
    while (this.#received.bytes < bytes) await Promise.race([delay(5), failed]);
    socket.destroy();
    const digest = this.#received.hash.digest('hex');
    if (this.#received.bytes !== bytes || digest !== hash.digest('hex')) throw new Error('other octets arrived than were sent');
    return performance.now() - begun;
  }

  async close(): Promise<void> {
    this.#tunnels.forEach((tunnel) => tunnel.close());
    this.#channels.forEach((channel) => channel.close());
    this.#engine.close();
    await Promise.allSettled(this.#connections.map((connection) => connection.close()));
  }

  async #read(socket: Socket): Promise<void> {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      this.#received.bytes += chunk.length;
      this.#received.hash.update(chunk);
      const wait = (1_000 * chunk.length) / this.readRate;
      for (let end = performance.now() + wait; performance.now() < end && this.readRate !== Number.POSITIVE_INFINITY; ) await delay(20);
    }
  }
}
