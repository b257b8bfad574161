import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy whose traffic towards the client side can be stopped: a receiver that no longer reads. */
export class StallProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #downstream = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param target port on loopback, asked at each connection */
  static async start(target: () => number): Promise<StallProxy> {
    const server = createServer();
    const proxy = new StallProxy(server);
    server.on('connection', (client) => {
      const upstream = connect(target(), '127.0.0.1');
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        proxy.#sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
      proxy.#downstream.add(upstream);
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stall(): void {
    for (const socket of this.#downstream) {
      socket.unpipe();
      socket.pause();
    }
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
