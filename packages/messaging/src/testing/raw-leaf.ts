import { connect, type Socket } from 'node:net';
import { fromSeed } from '@nats-io/nkeys';
import { eventually } from './nats-process.ts';

/**
 * Speaks the leafnode protocol by hand, as an administrator could who has the leaf credentials and a server without
 * any of the rules a nats-server keeps on its own side. What it is refused, the hub refused.
 */
export class RawLeaf {
  readonly #socket: Socket;
  received = '';
  closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
      if (chunk.includes('PING\r\n')) socket.write('PONG\r\n');
    });
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined);
  }

  static async connect(port: number, user: { jwt: string; seed?: string | undefined }): Promise<RawLeaf> {
    const leaf = new RawLeaf(connect(port, '127.0.0.1'));
    await eventually(() => /^INFO .*\r\n/.test(leaf.received));
    const { nonce } = JSON.parse(/^INFO (.*)\r\n/.exec(leaf.received)?.[1] ?? '{}') as { nonce: string };
    const sig = Buffer.from(fromSeed(Buffer.from(user.seed ?? '')).sign(Buffer.from(nonce))).toString('base64url');
    leaf.send(
      `CONNECT ${JSON.stringify({ jwt: user.jwt, sig, version: '2.15.2', name: 'hostile', headers: true, tls_required: false })}\r\nPING\r\n`,
    );
    await eventually(() => leaf.received.includes('PONG') || leaf.closed);
    return leaf;
  }

  send(protocol: string): void {
    this.#socket.write(protocol);
  }

  publish(subject: string, payload: string): void {
    this.send(`LMSG ${subject} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
  }

  subscribe(subject: string, queue?: string): void {
    this.send(queue ? `LS+ ${subject} ${queue} 1\r\n` : `LS+ ${subject}\r\n`);
  }

  /** Subjects of the messages the hub handed over. */
  delivered(): string[] {
    return [...this.received.matchAll(/(?:^|\r\n)H?LMSG (\S+) /g)].map((match) => match[1] ?? '');
  }

  end(): void {
    this.#socket.destroy();
  }
}
