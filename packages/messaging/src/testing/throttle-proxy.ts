import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A TCP proxy whose client side gets only so much a second, or nothing for a while: a slow link, or a reader that is frozen. */
export class ThrottleProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #bytesPerSecond: number;
  #moving: Promise<void> = Promise.resolve();
  #move: () => void = () => undefined;

  private constructor(server: Server, bytesPerSecond: number) {
    this.#server = server;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** @param target port on loopback, asked at each connection. @param bytesPerSecond of all connections that are open, each */
  static async start(target: () => number, bytesPerSecond = Number.POSITIVE_INFINITY): Promise<ThrottleProxy> {
    const server = createServer();
    const proxy = new ThrottleProxy(server, bytesPerSecond);
    server.on('connection', (client) => proxy.#join(client, connect(target(), '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing reaches the client side, on new connections neither. */
  pause(): void {
    this.#moving = new Promise((resolve) => (this.#move = resolve));
  }

  resume(): void {
    this.#move();
  }

  stop(): void {
    this.#move();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(client: Socket, upstream: Socket): void {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    client.pipe(upstream);
    void this.#carry(upstream, client).catch(() => client.destroy());
  }

  async #carry(upstream: Socket, client: Socket): Promise<void> {
    let due = performance.now();
    for await (const chunk of upstream as AsyncIterable<Buffer>) {
      await this.#moving;
      if (client.destroyed) return;
      if (!client.write(chunk)) await new Promise((resolve) => client.once('drain', resolve).once('close', resolve));
      due = Math.max(due, performance.now()) + (1_000 * chunk.length) / this.#bytesPerSecond;
      if (due - performance.now() > 1) await delay(due - performance.now());
    }
    client.end();
  }
}
