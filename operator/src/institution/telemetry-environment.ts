import type { OperatorConfig } from './config.ts';

/** Variables that let a service of the institution export its spans; none when nothing is traced, so its pod stays as it is. */
export function telemetryEnvironment({ telemetry }: Pick<OperatorConfig, 'telemetry'>): object[] {
  const { endpoint } = telemetry.otlp;
  if (endpoint === '') return [];
  return [
    { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: endpoint },
    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
  ];
}
