import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { PORTS } from '../controllers/collab-network/fabric/node-plan.ts';
import { findBinary } from '../testing/index.ts';

interface Rendered {
  kind: string;
  metadata: { name: string; labels: Record<string, string> };
  spec: { egress?: { ports: { port: number }[]; to?: object[] }[]; ingress?: { ports: { port: number }[]; from?: object[] }[]; groups?: { rules: { alert: string; expr: string }[] }[]; podMetricsEndpoints?: { port: string }[]; selector?: { matchExpressions?: { values: string[] }[] } };
  data?: Record<string, string>;
}

const chart = join(import.meta.dirname, '..', '..', '..', 'charts', 'institution');

function render(...values: string[]): { objects: Rendered[]; text: string; error: string } {
  const { status, stdout, stderr } = spawnSync(findBinary('helm'), ['template', 'institution', chart, '--namespace', 'bank-a', ...values.flatMap((value) => ['--set', value])], { encoding: 'utf8' });
  const objects = status === 0 ? parseAllDocuments(stdout).map((one) => one.toJSON() as Rendered | null).filter((one) => one !== null) : [];
  return { objects, text: stdout, error: stderr };
}

const policies = (objects: Rendered[]): Rendered[] => objects.filter(({ kind }) => kind === 'NetworkPolicy');
const named = (objects: Rendered[], allows: (policy: Rendered) => boolean): string[] => policies(objects).filter(allows).map(({ metadata }) => metadata.name).sort();

test('nothing is opened, and no object of the Prometheus operator made, unless asked for', () => {
  const { objects } = render('hub.enabled=true');
  assert.deepEqual(objects.filter(({ kind }) => ['PodMonitor', 'PrometheusRule'].includes(kind)), []);
  assert.equal(objects.some(({ metadata }) => metadata.name === 'collabnet-dashboard'), false);
  // The operator reads there which orderer leads.
  const byOperator = JSON.stringify([{ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'collabnet', 'app.kubernetes.io/component': 'operator' } } }]);
  assert.deepEqual(named(objects, ({ spec }) => spec.ingress?.some(({ ports, from }) => ports.some(({ port }) => port === 8081) && JSON.stringify(from) !== byOperator) === true), []);
});

test('spans may go to the receiver, from what sends them and never from a compute pod', () => {
  for (const [endpoint, port] of [['http://collector.monitoring.svc:4318', 4318], ['https://otlp.example/v2', 443], ['http://10.1.2.3', 80]] as const) {
    const { objects, error } = render(`telemetry.otlp.endpoint=${endpoint}`, 'telemetry.otlp.cidr=10.1.2.3/32', 'hub.enabled=true');
    assert.equal(error, '');
    const leadsThere = ({ spec }: Rendered): boolean => spec.egress?.some(({ ports, to }) => ports.some((each) => each.port === port) && JSON.stringify(to) === '[{"ipBlock":{"cidr":"10.1.2.3/32"}}]') === true;
    assert.deepEqual(named(objects, leadsThere), ['data-proxy', 'embedded-ledger', 'operator'], endpoint);
  }
  assert.match(render('telemetry.otlp.endpoint=http://collector:4318').error, /telemetry\.otlp: give namespace or cidr of the receiver/);
  assert.match(render('telemetry.otlp.endpoint=collector:4317').error, /telemetry\/otlp\/endpoint/);
});

test('namespaces that may scrape reach the metrics and nothing else', () => {
  const { objects } = render('networkPolicy.monitoringNamespaces={monitoring}', 'hub.enabled=true', 'monitoring.podMonitor.enabled=true', 'monitoring.podMonitor.labels.release=prometheus');
  const from = JSON.stringify([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }]);
  const ports = (policy: Rendered): number[] => (policy.spec.ingress ?? []).filter((rule) => JSON.stringify(rule.from) === from).flatMap((rule) => rule.ports.map(({ port }) => port));
  const opened = Object.fromEntries(policies(objects).map((policy) => [policy.metadata.name, ports(policy)]));
  const scraped = Object.keys(opened).filter((name) => (opened[name] ?? []).length > 0).sort();
  const fabric = { 'fabric-chaincode': [8081], 'fabric-orderer': [8081], 'fabric-peer': [PORTS.health, PORTS.snapshots] };
  assert.deepEqual(opened, { compute: [8081], 'data-proxy': [8081], 'default-deny': [], 'embedded-ledger': [8081], ...fabric, nats: [], 'nats-hub': [], operator: [8080], 'result-store': [8081] });
  const monitor = objects.find(({ kind }) => kind === 'PodMonitor');
  assert.equal(monitor?.metadata.labels['release'], 'prometheus');
  assert.deepEqual(monitor.spec.podMetricsEndpoints?.map(({ port }) => port), ['metrics', 'health', 'snapshots']);
  const [{ values = [] } = {}] = monitor.spec.selector?.matchExpressions ?? [];
  assert.deepEqual([...values].sort(), scraped, 'what is opened is scraped, and nothing else');
});

test('alerts and dashboard are about this namespace, and templates of Prometheus are left alone', () => {
  const { objects } = render('monitoring.prometheusRule.enabled=true', 'dashboards.enabled=true');
  const rules = objects.find(({ kind }) => kind === 'PrometheusRule')?.spec.groups?.flatMap((group) => group.rules) ?? [];
  assert.ok(rules.length >= 8);
  for (const { alert, expr } of rules) assert.match(expr, /namespace="bank-a"/, alert);
  assert.match(JSON.stringify(rules), /\{\{ \$labels\.network \}\}/);
  const [dashboard] = Object.values(objects.find(({ metadata }) => metadata.name === 'collabnet-dashboard')?.data ?? {});
  const { panels } = JSON.parse(dashboard ?? '{}') as { panels: { targets: { expr: string }[] }[] };
  for (const { expr } of panels.flatMap(({ targets }) => targets)) assert.match(expr, /namespace="bank-a"/);
  assert.ok(!JSON.stringify([rules, dashboard]).includes('NAMESPACE'));
});

test('the view of the ledger is served to port-forwards, and no policy opens its port', () => {
  const { objects, text } = render('networkPolicy.monitoringNamespaces={monitoring}', 'hub.enabled=true');
  assert.match(text, /name: LEDGER_VIEW_PORT, value: '8082'/);
  assert.deepEqual(named(objects, ({ spec }) => spec.ingress?.some(({ ports }) => ports.some(({ port }) => port === 8082)) === true), []);
});
