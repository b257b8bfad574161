import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a load balancer in front of a node does: hands connections through as they are, TLS and all. */
export class TestRelay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  /** Connections so far. */
  connections = 0;

  private constructor(server: Server, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = port;
    server.on('connection', () => (this.connections += 1));
  }

  /** @param to port on loopback */
  static async start(to: number): Promise<TestRelay> {
    const sockets = new Set<Socket>();
    const server = createServer((from) => {
      const onward = connect(to, 'localhost');
      for (const [one, other] of [[from, onward], [onward, from]] as const) {
        sockets.add(one);
        one.pipe(other);
        // One side that goes takes the other with it.
        one.on('error', () => other.destroy()).on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a relay has a port');
    return new TestRelay(server, sockets, address.port);
  }

  close(): void {
    for (const each of this.#sockets) each.destroy();
    this.#server.close();
  }
}
