import { SpanKind, SpanStatusCode, TraceFlags, type HrTime } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import type { Span } from './span.ts';
import type { SpanKey } from './span-keys.ts';
import { spanIdOf, traceIdOf } from './trace-ids.ts';
import type { Tracer, TracerOptions } from './tracer.ts';

/** Spans that wait for a receiver; what comes beyond is dropped. */
const MOST_WAITING = 8192;
const EXPORT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 3_000;
/** A receiver that is down is reported this often, ms. */
const COMPLAIN_EVERY_MS = 60_000;

const SCOPE = { name: 'collabnet' };

/** Sends spans as OTLP over HTTP, in batches. Import it through `openTracer` only, which loads it when it is needed. */
export class OtlpTracer implements Tracer {
  readonly enabled = true;
  readonly #processor: BatchSpanProcessor;
  readonly #resource: Resource;

  constructor(options: TracerOptions & { readonly url: string }) {
    const { service, namespace } = options;
    // Jaeger tells services apart by name alone, and one trace shows several institutions.
    const name = namespace === undefined ? service : `${namespace}/${service}`;
    this.#resource = resourceFromAttributes({ 'service.name': name, ...(namespace === undefined ? {} : { 'service.namespace': namespace }) });
    const exporter = new OTLPTraceExporter({ url: options.url, timeoutMillis: EXPORT_TIMEOUT_MS });
    this.#processor = new BatchSpanProcessor({
      exporter: complaining(exporter, options.logger),
      scheduledDelayMillis: options.delayMs ?? 2_000,
      exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      maxQueueSize: MOST_WAITING,
    });
  }

  add(span: Span): void {
    this.#processor.onEnd(readable(span, this.#resource));
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)));
    await Promise.race([this.#processor.shutdown().catch(() => undefined), timeout]);
    clearTimeout(timer);
  }
}

/** The library is silent about a receiver that does not answer. */
function complaining(inner: SpanExporter, logger: Logger): SpanExporter {
  let last = -Infinity;
  return {
    export: (spans, done) =>
      inner.export(spans, (result) => {
        if (result.error !== undefined && performance.now() - last >= COMPLAIN_EVERY_MS) {
          last = performance.now();
          logger.warn({ err: result.error, spans: spans.length }, 'spans could not be exported; they are lost, the work goes on');
        }
        done(result);
      }),
    shutdown: () => inner.shutdown(),
  };
}

function readable(span: Span, resource: Resource): ReadableSpan {
  const { flowId, start } = span;
  const context = (key: SpanKey): ReturnType<ReadableSpan['spanContext']> => ({ traceId: traceIdOf(flowId), spanId: spanIdOf(flowId, key), traceFlags: TraceFlags.SAMPLED });
  const end = Math.max(start, span.end);
  return {
    name: span.name,
    kind: SpanKind.INTERNAL,
    spanContext: () => context(span.key),
    ...(span.parent === undefined ? {} : { parentSpanContext: context(span.parent) }),
    startTime: hrTime(start),
    endTime: hrTime(end),
    duration: hrTime(end - start),
    ended: true,
    status: span.failure === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: span.failure },
    attributes: { 'collabnet.flow_id': flowId, ...span.attributes },
    links: [],
    events: [],
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(ms: number): HrTime {
  const whole = Math.round(ms);
  return [Math.floor(whole / 1000), (whole % 1000) * 1_000_000];
}
