import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP relay on loopback that a test can cut, silence or close. It sees only bytes (TLS stays end to end). */
export class FaultProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #silent = false;
  #refusing = false;
  #cutAfter = Infinity;
  /** Connections accepted so far. */
  accepted = 0;

  private constructor(targetPort: number) {
    this.#server = createServer((client) => this.#accept(client, targetPort));
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets all connections (ECONNRESET at both ends). @returns how many */
  cut(): number {
    const count = this.#pairs.size;
    for (const [client, upstream] of this.#pairs) {
      reset(client);
      upstream.destroy();
    }
    return count;
  }

  /** Each new connection is reset after it carried this many bytes to the client: in the middle of a message. */
  cutAfterBytes(bytes: number): void {
    this.#cutAfter = bytes;
  }

  /** Present and new connections carry nothing any more, but stay open: what a lost route looks like. */
  silence(silent: boolean): void {
    this.#silent = silent;
    for (const pair of this.#pairs) for (const socket of pair) if (silent) socket.pause();
  }

  /** New connections are reset at once. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket, targetPort: number): void {
    this.accepted += 1;
    client.on('error', () => undefined);
    if (this.#refusing) {
      reset(client);
      return;
    }
    const upstream = connect(targetPort, '127.0.0.1');
    upstream.on('error', () => undefined);
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    let carried = 0;
    client.on('data', (chunk) => {
      if (!this.#silent) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (this.#silent) return;
      const room = this.#cutAfter - carried;
      carried += chunk.length;
      if (carried <= this.#cutAfter) client.write(chunk);
      else client.write(chunk.subarray(0, Math.max(0, room)), () => reset(client));
    });
    const close = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    client.on('close', close);
    upstream.on('close', close);
  }
}

/** A reset in the middle of an orderly end would leave Node waiting for that end when the process exits. */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.destroyed) socket.destroy();
  else socket.resetAndDestroy();
}
