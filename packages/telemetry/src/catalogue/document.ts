import { COMPONENTS } from './components.ts';
import type { Component, MetricDefinition } from './definition.ts';

/** Text of `docs/metrics.md`. */
export function metricsDocument(): string {
  return `# Metrics

Written by \`make generate\` from \`packages/telemetry/src/catalogue\`, where the code takes its metrics from: there are no others but
\`process_*\` and \`nodejs_*\`, which every process has. All are served as \`/metrics\` in the Prometheus text format. No label names a
task, a person or a row. What to do with them: [observability.md](observability.md).

${COMPONENTS.map(section).join('\n')}`;
}

function section({ prefix, title, served, metrics }: Component): string {
  const rows = Object.values(metrics).map((metric) => row(prefix, metric));
  return `## ${title}

On ${served}.

| metric | type | labels | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

function row(prefix: string, { type, name, labels, help }: MetricDefinition): string {
  return `| \`${prefix}_${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help.replaceAll('|', '\\|')} |`;
}
