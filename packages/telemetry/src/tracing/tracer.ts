import type { Logger } from '../logger.ts';
import type { Span } from './span.ts';

/** Takes spans that are over. It never throws and never waits: tracing must not hold up what it tells about. */
export interface Tracer {
  /** False when nothing is exported, so that spans need not be made. */
  readonly enabled: boolean;
  add(span: Span): void;
  /** Sends what is left; gives up after a few seconds. */
  close(): Promise<void>;
}

export interface TracerOptions {
  /** Base URL of an OTLP/HTTP receiver, such as `http://collector.monitoring.svc:4318`; absent or empty: no tracing. */
  readonly endpoint: string | undefined;
  /** Component, such as `operator`; with the namespace it becomes the name of the service. */
  readonly service: string;
  /** Namespace of the institution. */
  readonly namespace?: string | undefined;
  readonly logger: Logger;
  /** How long spans are collected before they are sent, ms. Default 2000. */
  readonly delayMs?: number | undefined;
}

/** A tracer that exports nothing. */
export const NO_TRACER: Tracer = { enabled: false, add: () => undefined, close: () => Promise.resolve() };

/**
 * Opens a tracer. Without an endpoint nothing of OpenTelemetry is loaded: it would cost a process that starts for one
 * attempt a fifth of a second and 25 MB.
 *
 * @throws TypeError for an endpoint that is no http or https URL
 */
export async function openTracer(options: TracerOptions): Promise<Tracer> {
  const { endpoint } = options;
  if (endpoint === undefined || endpoint === '') return NO_TRACER;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`telemetry.otlp.endpoint: '${endpoint}' is no http or https URL; give the base URL of an OTLP/HTTP receiver`);
  }
  const { OtlpTracer } = await import('./otlp-tracer.ts');
  return new OtlpTracer({ ...options, url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
}
