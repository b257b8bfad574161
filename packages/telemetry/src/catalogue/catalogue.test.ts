import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMetrics } from '../metrics.ts';
import { COMPONENTS, exposedNames } from './components.ts';
import { metricsDocument } from './document.ts';
import { COURIER_METRICS } from './courier.ts';
import { OPERATOR_METRICS } from './operator.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const read = (...path: string[]): Promise<string> => readFile(join(root, ...path), 'utf8');
/** Words that Prometheus itself adds, or that a histogram has. */
const ADDED = ['namespace', 'pod', 'le'];

/** Label names by the name of a metric as it is scraped. */
const labelsOf = new Map<string, readonly string[]>(
  COMPONENTS.flatMap(({ prefix, metrics }) =>
    Object.values(metrics).flatMap(({ type, name, labels }) => (type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((part) => [`${prefix}_${name}${part}`, labels] as const)),
  ),
);

/** What of an expression is not in the catalogue: metrics, and labels that none of its metrics has. */
function unknownIn(expression: string): string[] {
  const metrics = expression.match(/\bcollabnet_\w+/g) ?? [];
  const labels: string[] = [...ADDED, ...metrics.flatMap((name) => labelsOf.get(name) ?? [])];
  const used = [
    ...[...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',')),
    ...[...expression.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) => [...list.matchAll(/(\w+)\s*[=!]/g)].map(([, name = '']) => name)),
  ].map((name) => name.trim());
  return [...metrics.filter((name) => !exposedNames().has(name)), ...used.filter((name) => !labels.includes(name))];
}

test('docs/metrics.md is that of the catalogue: run make generate', async () => {
  assert.equal(await read('docs', 'metrics.md'), metricsDocument());
});

test('names follow the conventions of Prometheus, and are told apart', () => {
  const names = COMPONENTS.flatMap(({ prefix, metrics }) => Object.values(metrics).map((metric) => ({ ...metric, full: `${prefix}_${metric.name}` })));
  assert.equal(new Set(names.map(({ full }) => full)).size, names.length);
  for (const { full, type, help, labels } of names) {
    assert.match(full, /^[a-z][a-z0-9_]*$/);
    assert.equal(full.endsWith('_total'), type === 'counter', full);
    assert.doesNotMatch(full, /_(ms|milliseconds|minutes|mib|kib|percent)(_|$)/, full);
    assert.match(help, /\.$/, `${full}: a sentence`);
    // Values without bound would make a series of every task, and names of persons would leave the institution.
    assert.deepEqual(labels.filter((label) => /flow|task|person|pod|asset|id$/.test(label)), [], full);
  }
});

test('alerts and dashboard use metrics and labels that there are', async () => {
  const alerts = await read('charts', 'institution', 'monitoring', 'alerts.yaml');
  const expressions = [...alerts.matchAll(/^ +expr: (.+)$/gm)].map(([, text = '']) => text);
  assert.ok(expressions.length >= 8);
  const dashboard = JSON.parse(await read('charts', 'institution', 'monitoring', 'dashboard.json')) as { panels: { targets: { expr: string }[] }[] };
  expressions.push(...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)));
  for (const expression of expressions) assert.deepEqual(unknownIn(expression), [], expression);
  // Also what the texts for people name, such as a metric to look at.
  assert.deepEqual((alerts.match(/\bcollabnet_\w+/g) ?? []).filter((name) => !exposedNames().has(name) && !exposedNames().has(`${name}_bucket`)), []);
  for (const [, block = ''] of alerts.matchAll(/- alert: \w+\n([\s\S]*?)(?=\n {6}- alert|$)/g)) {
    for (const word of ['summary:', 'runbook:', 'severity:']) assert.ok(block.includes(word), block);
  }
});

test('docs/observability.md says of each alert what to look at first, and of no other', async () => {
  const named = async (pattern: RegExp, ...path: string[]): Promise<string[]> => [...(await read(...path)).matchAll(pattern)].map(([, name = '']) => name).sort();
  assert.deepEqual(await named(/`(Collabnet[A-Z]\w+)`/g, 'docs', 'observability.md'), await named(/- alert: (\w+)/g, 'charts', 'institution', 'monitoring', 'alerts.yaml'));
});

test('the check finds a metric, a matcher and a grouping that there are not', () => {
  assert.deepEqual(unknownIn('sum by (reason) (rate(collabnet_operator_attempts_failed_total{namespace="x"}[5m]))'), []);
  assert.deepEqual(unknownIn('collabnet_operator_attempts_total'), ['collabnet_operator_attempts_total']);
  assert.deepEqual(unknownIn('sum by (flow) (collabnet_operator_tasks{state="x"})'), ['flow', 'state']);
});

test('what is made of a definition is scraped under its name with its labels', async () => {
  const metrics = createMetrics('collabnet_operator');
  metrics.histogram(OPERATOR_METRICS.ledgerSubmitSeconds).observe({ network: 'n', contract: 'flows', method: 'start' }, 0.2);
  metrics.gauge(OPERATOR_METRICS.tasks, (gauge) => gauge.set({ phase: 'Running' }, 3));
  metrics.counter(COURIER_METRICS.sentBytes, (counter) => {
    counter.reset();
    counter.inc({ peer: 'p' }, 7);
  });
  await metrics.registry.metrics();
  const text = await metrics.registry.metrics();
  assert.match(text, /collabnet_operator_ledger_submit_seconds_count\{network="n",contract="flows",method="start"\} 1/);
  assert.match(text, /collabnet_operator_tasks\{phase="Running"\} 3/);
  assert.match(text, /sent_bytes_total\{peer="p"\} 7/);
});
