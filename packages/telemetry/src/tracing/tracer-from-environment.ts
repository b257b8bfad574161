import type { Logger } from '../logger.ts';
import { openTracer, type Tracer } from './tracer.ts';

/**
 * The tracer of a service that its operator, or the chart, has configured by the environment:
 * `OTEL_EXPORTER_OTLP_ENDPOINT` and `POD_NAMESPACE`.
 *
 * @throws TypeError for an endpoint that is no URL
 */
export function tracerFromEnvironment(environment: NodeJS.ProcessEnv, service: string, logger: Logger): Promise<Tracer> {
  return openTracer({ endpoint: environment['OTEL_EXPORTER_OTLP_ENDPOINT'], namespace: environment['POD_NAMESPACE'], service, logger });
}
