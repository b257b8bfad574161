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

/**
 * The spans in the body of a `POST /v1/traces`, as the JSON encoding of OTLP/HTTP has them.
 *
 * @throws SyntaxError where it is no JSON, ZodError where it is no OTLP
 */
export function spansOf(body: string): ReceivedSpan[] {
  return request.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map((each) => ({
        service: plain(resource.attributes)['service.name'] ?? '',
        traceId: each.traceId,
        spanId: each.spanId,
        parent: each.parentSpanId === '' ? undefined : each.parentSpanId,
        name: each.name,
        start: Number(each.startTimeUnixNano / 1_000_000n),
        end: Number(each.endTimeUnixNano / 1_000_000n),
        failure: each.status?.code === 2 ? (each.status.message ?? '') : undefined,
        attributes: plain(each.attributes),
      })),
  );
}

function plain(list: z.infer<typeof attributes>): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value: of }) => [key, String(of.stringValue ?? of.intValue ?? of.doubleValue ?? of.boolValue ?? '')]));
}
