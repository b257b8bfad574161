import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apply, collabnet, helm, operatorsReady, readHdma, splitBetweenBanks } from '@collabnet/hack';
import type { ReceivedSpan } from '@collabnet/telemetry/testing';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, INSTITUTIONS } from './fixture/institutions.ts';
import { spanCollector } from './support/span-collector.ts';
import { approveAsBoth, psiTask, removeTasks, succeeded, taskName } from './support/tasks.ts';
import { until } from './support/until.ts';

const NO_SPANS = ['telemetry.otlp.endpoint=', 'telemetry.otlp.namespace='];

function upgradeAll(values: readonly string[]): Promise<unknown> {
  const sets = values.flatMap((value) => ['--set', value]);
  return Promise.all(INSTITUTIONS.map(({ namespace }) => helm(['upgrade', 'institution', 'charts/institution', '--namespace', namespace, '--reuse-values', ...sets, '--wait', '--timeout', '180s'])));
}

describe('a task of two banks that send their spans to one receiver', () => {
  const name = taskName('traced');
  let consortium: Consortium;
  let bodies: string[];
  let spans: ReceivedSpan[];
  let flowId: string;

  before(async () => {
    consortium = await readyConsortium();
    await spanCollector.start();
    await upgradeAll(spanCollector.values);
    await operatorsReady(INSTITUTIONS);
    await apply(BANK_A.namespace, [psiTask(consortium, name)]);
    await approveAsBoth(name);
    const task = await succeeded(name);
    flowId = task.status?.flowID ?? '';
    assert.equal(task.status?.traceID, flowId.slice(0, 32));
    const ofTask = async (): Promise<ReceivedSpan[] | undefined> => {
      const found = (await spanCollector.spans()).filter(({ traceId }) => traceId === flowId.slice(0, 32));
      const settled = found.filter((span) => span.name === 'settle').length === 2 && found.some((span) => span.name === 'task');
      return settled ? found : undefined;
    };
    spans = await until(ofTask, 30_000, () => 'the spans of the task were to come');
    bodies = await spanCollector.bodies();
  });
  after(async () => {
    await removeTasks(name);
    await upgradeAll(NO_SPANS);
    await operatorsReady(INSTITUTIONS);
    await spanCollector.remove();
  });

  test('is one trace with one root, in which every span has its parent', () => {
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const roots = new Set(spans.filter(({ parent }) => parent === undefined).map((span) => span.spanId));
    assert.equal(roots.size, 1);
    assert.deepEqual(spans.filter(({ parent }) => parent !== undefined && !ids.has(parent)), []);
  });

  test('shows every party from its consent to its receipt', () => {
    for (const party of [consortium.bankA, consortium.bankB]) {
      const names = new Set(spans.filter(({ attributes }) => attributes['collabnet.party'] === party).map((span) => span.name));
      for (const expected of ['approve', 'confirm', 'attempt intersect/1', 'reserve', 'start', 'prepare', 'align', 'compute', 'clean', 'settle']) {
        assert.ok(names.has(expected), `${party} was to have '${expected}' among ${[...names].join(', ')}`);
      }
    }
    const services = new Set(spans.map(({ service }) => service));
    for (const { namespace } of [BANK_A, BANK_B]) {
      for (const service of ['operator', 'data-proxy']) assert.ok(services.has(`${namespace}/${service}`), [...services].join(', '));
    }
  });

  test('tells nothing of the data, and the command names the same trace', async () => {
    const { bankA, bankB } = splitBetweenBanks(await readHdma());
    const secrets = [...bankA.header, ...bankB.header, ...[bankA, bankB].flatMap(({ rows }) => rows.map(([id]) => id ?? ''))];
    const all = bodies.join('\n');
    assert.deepEqual(secrets.filter((secret) => all.includes(`"${secret}"`)), []);
    const { stdout } = await collabnet(BANK_A.namespace, ['task', 'explain', name, '-o', 'json']);
    assert.equal((JSON.parse(stdout) as { traceID: string }).traceID, flowId.slice(0, 32));
  });
});
