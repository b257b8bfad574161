import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { frameTypes } from '../frames/frame.ts';
import { closeKinds, TunnelConnection } from './tunnel-connection.ts';
import type { Server, Socket } from 'node:net';
import type { FrameType } from '../frames/frame.ts';
import type { ReliableChannel } from '../channel/reliable-channel.ts';

export interface TunnelOptions {
  readonly channel: ReliableChannel;
  /** Decides who numbers connections odd. */
  readonly initiator: boolean;
  /** Loopback port where the own engine reaches the peer's; 0 picks one. */
  readonly listenPort: number;
  /** Loopback port of the own engine. */
  readonly enginePort: number;
  /** Ends the wait for the own engine to listen. */
  readonly signal: AbortSignal;
  /** First byte of an engine in either direction. */
  readonly onExchanged?: (() => void) | undefined;
}

const host = '127.0.0.1';
const maxConnections = 256;
const connectRetryMs = 25;
const none = Buffer.alloc(0);

/**
 * TCP over the channel: accepts the own engine's connections on a loopback port at once and holds them until the peer's
 * engine listens, and connects what comes from the peer to the own engine.
 */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #connections = new Map<number, TunnelConnection>();
  readonly #server: Server;
  #nextId: number;
  #exchanged = false;
  #turn = 0;
  #engineEnded = false;
  #peerHasEnded = false;

  private constructor(options: TunnelOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.#nextId = options.initiator ? 1 : 2;
  }

  /** @throws the listen error */
  static async open(options: TunnelOptions): Promise<Tunnel> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const tunnel = new Tunnel(options, server);
    server.on('connection', (socket) => tunnel.#accept(socket));
    options.channel.listen({
      onFrame: (type, id, plaintext) => tunnel.#onFrame(type, id, plaintext),
      onRoom: () => tunnel.#pumpAll(),
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.listenPort, host, resolve);
    });
    return tunnel;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get open(): number {
    return this.#connections.size;
  }

  /** After the own engine has ended: waits until every connection has ended by itself; those that have not after `ms` are reset. */
  async settle(ms: number): Promise<void> {
    this.#engineEnded = true;
    const end = performance.now() + ms;
    while (this.#connections.size > 0 && performance.now() < end) await delay(5);
    for (const connection of this.#connections.values()) connection.reset();
  }

  /** After the peer's END: nothing can be answered any more, and the own engine must learn it now instead of waiting. */
  peerEnded(): void {
    this.#peerHasEnded = true;
    for (const connection of this.#connections.values()) connection.reset();
  }

  /** Stops listening and ends all connections. */
  close(): void {
    this.#server.close();
    for (const connection of this.#connections.values()) connection.reset();
  }

  #accept(socket: Socket): void {
    if (this.#peerHasEnded || this.#connections.size >= maxConnections) {
      socket.destroy();
      return;
    }
    const id = this.#nextId;
    this.#nextId += 2;
    this.#options.channel.write(frameTypes.OPEN, id, none);
    this.#add(id).attach(socket);
  }

  #add(id: number): TunnelConnection {
    const connection = new TunnelConnection(id, this.#options.channel, () => this.#connections.delete(id));
    this.#connections.set(id, connection);
    return connection;
  }

  #onFrame(type: FrameType, id: number, plaintext: Buffer): void {
    const connection = this.#connections.get(id);
    if (type === frameTypes.OPEN) {
      this.#onOpen(id, connection);
    } else if (!connection) {
      // Already ended here; what was on its way is void.
      return;
    } else if (type === frameTypes.DATA) {
      this.#touch();
      connection.onData(plaintext);
    } else if (type === frameTypes.CREDIT && plaintext.length === 4) {
      connection.onCredit(plaintext.readUInt32BE());
    } else if (type === frameTypes.CLOSE) {
      connection.onClose(plaintext);
    }
  }

  #onOpen(id: number, existing: TunnelConnection | undefined): void {
    const foreign = id % 2 === (this.#options.initiator ? 0 : 1);
    if (existing || !foreign || this.#engineEnded || this.#connections.size >= maxConnections) {
      this.#options.channel.write(frameTypes.CLOSE, id, closeKinds.reset);
      return;
    }
    const connection = this.#add(id);
    this.#connect().then(
      (socket) => connection.attach(socket),
      () => connection.reset(),
    );
  }

  async #connect(): Promise<Socket> {
    const { enginePort, signal } = this.#options;
    for (;;) {
      const socket = connect({ host, port: enginePort, allowHalfOpen: true });
      const connected = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
      if (connected) return socket;
      socket.destroy();
      if (this.#engineEnded) throw new Error('the engine has ended');
      await delay(connectRetryMs, undefined, { signal });
    }
  }

  #touch(): void {
    if (this.#exchanged) return;
    this.#exchanged = true;
    this.#options.onExchanged?.();
  }

  /** Every connection gets its turn to be first, so that one cannot starve the others. */
  #pumpAll(): void {
    const all = [...this.#connections.values()];
    this.#turn = all.length === 0 ? 0 : (this.#turn + 1) % all.length;
    for (const connection of [...all.slice(this.#turn), ...all.slice(0, this.#turn)]) connection.pump();
  }
}
