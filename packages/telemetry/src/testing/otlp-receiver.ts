import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const value = z.object({ stringValue: z.string().optional(), intValue: z.union([z.number(), z.string()]).optional(), doubleValue: z.number().optional(), boolValue: z.boolean().optional() });
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }).optional(),
  attributes,
});
/** The parts of `ExportTraceServiceRequest` (opentelemetry-proto, trace/v1) that the tests look at. */
const request = z.object({
  resourceSpans: z.array(z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly name: string;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  readonly failure: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

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
    let json: unknown;
    try {
      json = JSON.parse(body);
    } catch {
      return this.#refuse('no JSON', 400);
    }
    const parsed = request.safeParse(json);
    if (!parsed.success) return this.#refuse(parsed.error.message, 400);
    for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
      const service = plain(resource.attributes)['service.name'] ?? '';
      for (const each of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({
          service,
          traceId: each.traceId,
          spanId: each.spanId,
          parent: each.parentSpanId === '' ? undefined : each.parentSpanId,
          name: each.name,
          start: Number(each.startTimeUnixNano / 1_000_000n),
          end: Number(each.endTimeUnixNano / 1_000_000n),
          failure: each.status?.code === 2 ? (each.status.message ?? '') : undefined,
          attributes: plain(each.attributes),
        });
      }
    }
    return 200;
  }

  #refuse(fault: string, status: number): number {
    this.faults.push(fault);
    return status;
  }
}

function plain(list: z.infer<typeof attributes>): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value: of }) => [key, String(of.stringValue ?? of.intValue ?? of.doubleValue ?? of.boolValue ?? '')]));
}
