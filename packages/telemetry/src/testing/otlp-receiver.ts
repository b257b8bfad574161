import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { spansOf, type ReceivedSpan } from './otlp-request.ts';

/** An OTLP/HTTP receiver on a free port: takes what an exporter posts to `/v1/traces`, and refuses what is no OTLP. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Bodies as they came, to look for what must not be in them. */
  readonly bodies: string[] = [];
  readonly faults: string[] = [];
  readonly #server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const status = this.#take(message.method, message.url, Buffer.concat(chunks).toString('utf8'));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until `count` spans have come. */
  async wait(count: number, timeoutMs = 10_000): Promise<readonly ReceivedSpan[]> {
    const end = Date.now() + timeoutMs;
    while (this.spans.length < count) {
      if (Date.now() > end) throw new Error(`${this.spans.length} of ${count} spans came: ${this.spans.map(({ name }) => name).join(', ')}`);
      await delay(20);
    }
    return this.spans;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(method: string | undefined, url: string | undefined, body: string): number {
    if (method !== 'POST' || url !== '/v1/traces') return this.#refuse(`${method} ${url}`, 404);
    this.bodies.push(body);
    try {
      this.spans.push(...spansOf(body));
      return 200;
    } catch (error) {
      return this.#refuse(String(error), 400);
    }
  }

  #refuse(fault: string, status: number): number {
    this.faults.push(fault);
    return status;
  }
}
