import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LABEL_STEP, type CollabNetwork, type ComputeTaskSpecInput } from '@collabnet/crds';
import { apply, collabnet, exampleTask, get, list, NETWORK, readHdma, splitBetweenBanks, type DemoInstitution, type Manifest, type Table } from '@collabnet/hack';
import { forget, type RunningPod } from './fault-table/pods.ts';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, SUPERVISOR } from './fixture/institutions.ts';
import { decide } from './support/approvals.ts';
import { saysOf } from './support/conditions.ts';
import { courierSaid, taskPods } from './support/faults.ts';
import { eventually } from './support/objects.ts';
import { areaUnderCurve, correlation, mean } from './support/plaintext.ts';
import { nothingLeft, receiptsOf } from './support/remains.ts';
import { fetchResult, storedFor, tryFetch, type Result } from './support/results.ts';
import { ended, mirrorOf, proposed, removeTasks, succeeded, taskAt, taskName, type SeenTask } from './support/tasks.ts';
import { until } from './support/until.ts';

type Task = Manifest & { spec: ComputeTaskSpecInput };

const COMPUTE_MS = 600_000;
const NAMESPACES = [BANK_A, BANK_B, SUPERVISOR].map(({ namespace }) => namespace);
let consortium: Consortium;
let networkId = '';
let joint: Record<string, string>[];
const names: string[] = [];

before(async () => {
  consortium = await readyConsortium();
  networkId = (await get<CollabNetwork>(BANK_A.namespace, 'collabnetwork', NETWORK))?.status?.networkID ?? '';
  const { bankA, bankB } = splitBetweenBanks(await readHdma());
  joint = joinInTheClear(bankA, bankB);
});
after(() => removeTasks(...names));

/** What nobody may see: the rows of both banks side by side. */
function joinInTheClear(a: Table, b: Table): Record<string, string>[] {
  const named = ({ header }: Table, row: readonly string[]): Record<string, string> => Object.fromEntries(header.map((name, at) => [name, row[at] ?? '']));
  const ofB = new Map(b.rows.map((row) => [`${row[0]}|${row[1]}`, named(b, row)]));
  return a.rows.flatMap((row) => {
    const other = ofB.get(`${row[0]}|${row[1]}`);
    return other === undefined ? [] : [{ ...named(a, row), ...other }];
  });
}

function example(file: string, stem: string, change: (spec: ComputeTaskSpecInput) => void = () => undefined): Task {
  const task = exampleTask(file, networkId, taskName(stem));
  names.push(task.metadata.name);
  task.spec.networkRef.name = NETWORK;
  task.spec.purpose = `test ${task.metadata.name}`;
  const dids: Record<string, string> = { a: consortium.bankA, b: consortium.bankB };
  for (const party of task.spec.parties) party.did = dids[party.name] ?? party.did;
  change(task.spec);
  return task;
}

async function agree({ metadata: { name } }: Task, others: readonly DemoInstitution[] = [BANK_B]): Promise<string> {
  const { status } = await proposed(name);
  await decide('approve', BANK_A, name, 'agreed for this test');
  for (const other of others) {
    const mirror = await mirrorOf(name, other);
    await proposed(mirror, other);
    if (other !== SUPERVISOR) await decide('approve', other, mirror, 'agreed for this test');
  }
  return status?.flowID ?? '';
}

const numbers = (column: string, rows = joint): number[] => rows.map((row) => Number(row[column]));
const figure = ({ header, rows }: Result, wanted: Record<string, string>): number => {
  const found = rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[header.indexOf(name)] === value));
  assert.equal(found.length, 1, JSON.stringify([wanted, rows]));
  return Number(found[0]?.[header.indexOf('value')]);
};

describe('a joint credit score, from the join to the prediction', () => {
  let done: SeenTask;
  let flowId = '';
  before(async () => {
    // Fewer passes than in the example: how good the model is, the engine's own tests say.
    const task = example('credit-scoring.yaml', 'scoring', (spec) => Object.assign(spec.steps.find(({ name }) => name === 'train')?.parameters ?? {}, { epochs: 2 }));
    await apply(BANK_A.namespace, [task]);
    flowId = await agree(task);
    // Lost while it trains: that step alone is done again, from what the earlier ones have left.
    const pod = await until(async () => (await list<RunningPod>(BANK_B.namespace, 'pods', `${taskPods(flowId)},${LABEL_STEP}=train`))[0], COMPUTE_MS, () => 'bank B was to have a pod that trains');
    await courierSaid(BANK_B, pod.metadata.name, 'Running');
    await forget(BANK_B, pod);
    done = await succeeded(task.metadata.name, COMPUTE_MS);
  });

  test('each step ran in an order that follows from what it reads, the one whose pod was lost again, with a receipt of both', async () => {
    const order = ['join', 'bins', 'train', 'evaluate', 'explain', 'predict'];
    assert.deepEqual(done.status?.steps?.map(({ name, phase }) => `${name} ${phase}`), order.map((name) => `${name} Succeeded`));
    assert.deepEqual(done.status?.steps?.map(({ attempt }) => attempt), [1, 1, 2, 1, 1, 1]);
    assert.deepEqual(await receiptsOf(flowId), order.flatMap((step) => [consortium.bankA, consortium.bankB].map((party) => `${step} by ${party}`)).sort());
    assert.match(done.status?.enginePrimitives ?? '', /RR22.*CHEETAH/);
    await nothingLeft(flowId);
  });

  test('bank A has a score for every common customer, and the metrics are those of its scores', async () => {
    const scores = await fetchResult(BANK_A, done.metadata.name, '--step', 'predict');
    assert.deepEqual(scores.header, ['id_card', 'branch', 'score']);
    assert.deepEqual(scores.rows.map(([id, branch]) => `${id}|${branch}`).sort(), joint.map((row) => `${row['id_card']}|${row['branch']}`).sort());
    const denied = new Map(joint.map((row) => [`${row['id_card']}|${row['branch']}`, row['deny'] === 'yes']));
    const inTheClear = areaUnderCurve(scores.rows.map(([id, branch, score]) => [Number(score), denied.get(`${id}|${branch}`) === true]));
    const quality = await fetchResult(BANK_A, done.metadata.name, '--step', 'evaluate');
    const auc = figure(quality, { metric: 'AUC' });
    assert.ok(Math.abs(auc - inTheClear) < 0.01, `${auc} and ${inTheClear}`);
    assert.ok(auc > 0.6, String(auc));
  });

  test('bins tell each bank its own edges only, and coefficients are for bank A', async () => {
    const mine = await fetchResult(BANK_A, done.metadata.name, '--step', 'bins');
    const theirs = await fetchResult(BANK_B, await mirrorOf(done.metadata.name), '--step', 'bins');
    const edges = ({ header, rows }: Result, party: string): string[] => rows.filter((row) => row[header.indexOf('party')] === party).flatMap((row) => ['lower', 'upper', 'level'].map((name) => row[header.indexOf(name)] ?? '')).filter((text) => text !== '');
    assert.ok(edges(mine, 'a').length > 0 && edges(theirs, 'b').length > 0);
    assert.deepEqual([edges(mine, 'b'), edges(theirs, 'a')], [[], []]);
    assert.ok((await fetchResult(BANK_A, done.metadata.name, '--step', 'explain')).rows.length > 0);
    const stored = await storedFor(BANK_B, flowId);
    assert.ok(stored.some((path) => path.includes('/train/')) && !stored.some((path) => /predict|evaluate|explain/.test(path)), stored.join());
  });

  test('another task scores by the same model, with a consent of its own, and gets the same scores', async () => {
    const task = example('score-again.yaml', 'again', (spec) => {
      for (const { from } of spec.steps[1]!.inputs) if (from?.flow !== undefined) from.flow = flowId;
    });
    await apply(BANK_A.namespace, [task]);
    const again = await agree(task);
    await succeeded(task.metadata.name, COMPUTE_MS);
    const scoresOf = ({ rows }: Result): Map<string, number> => new Map(rows.map(([id, branch, score]) => [`${id}|${branch}`, Number(score)]));
    const [first, second] = [await fetchResult(BANK_A, done.metadata.name, '--step', 'predict'), await fetchResult(BANK_A, task.metadata.name, '--step', 'predict')].map(scoresOf);
    assert.equal(second?.size, joint.length);
    for (const [customer, score] of second ?? []) assert.ok(Math.abs(score - (first?.get(customer) ?? NaN)) < 0.01, customer);
    await nothingLeft(again);
  });

  test('a task without any rows tells the coefficients of that model', async () => {
    const task = example('credit-scoring.yaml', 'explain', (spec) => {
      spec.steps = spec.steps.filter(({ name }) => name === 'explain');
      for (const { from } of spec.steps[0]!.inputs) if (from !== undefined) from.flow = flowId;
    });
    await apply(BANK_A.namespace, [task]);
    await agree(task);
    await succeeded(task.metadata.name, COMPUTE_MS);
    const [first, second] = [await fetchResult(BANK_A, done.metadata.name, '--step', 'explain'), await fetchResult(BANK_A, task.metadata.name, '--step', 'explain')];
    assert.deepEqual(second.rows, first.rows);
  });

  test('no person gets a share of the model', async () => {
    const answer = await tryFetch(BANK_A.namespace, done.metadata.name, BANK_A.person.name, '--step', 'train');
    assert.notEqual(answer.code, 0);
    assert.match(answer.stderr, /share of a model, which only steps of its task use/);
  });
});

describe('statistics over columns of several parties', () => {
  test('of two banks: correlations across them, means by a group that only the other knows', async () => {
    const task = example('statistics.yaml', 'figures');
    await apply(BANK_A.namespace, [task]);
    await agree(task);
    await succeeded(task.metadata.name, COMPUTE_MS);
    const together = await fetchResult(BANK_A, task.metadata.name, '--step', 'correlate');
    const close = (found: number, expected: number): void => assert.ok(Math.abs(found - expected) < 0.001 * Math.max(1, Math.abs(expected)), `${found} and ${expected}`);
    assert.equal(figure(together, { statistic: 'Count', column: 'dir' }), joint.length);
    close(figure(together, { statistic: 'Mean', column: 'ccs' }), mean(numbers('ccs')));
    close(figure(together, { statistic: 'Correlation', column: 'dir', withColumn: 'ccs' }), correlation(numbers('dir'), numbers('ccs')));
    const byDecision = await fetchResult(BANK_A, task.metadata.name, '--step', 'by-decision');
    // Fewer loans were denied than the owners' minimum set size: that group is suppressed, and the other is shown.
    const denied = joint.filter((row) => row['deny'] === 'yes');
    assert.ok(denied.length < 100, String(denied.length));
    close(figure(byDecision, { statistic: 'Mean', column: 'dir', group: 'no' }), mean(numbers('dir', joint.filter((row) => row['deny'] === 'no'))));
    assert.ok(!JSON.stringify(byDecision).includes('yes'));
  });

  test('with a third party that computes and has no data', async () => {
    const task = example('statistics.yaml', 'three', (spec) => {
      spec.trustModel = 'ThreePartyHonestMajority';
      spec.parties.push({ name: 's', did: consortium.supervisor });
      spec.steps = spec.steps.slice(0, 2);
      spec.steps[1]!.roles.compute = ['a', 'b', 's'];
    });
    await apply(BANK_A.namespace, [task]);
    const flowId = await agree(task, [BANK_B, SUPERVISOR]);
    const { status } = await succeeded(task.metadata.name, COMPUTE_MS);
    const figures = await fetchResult(BANK_A, task.metadata.name, '--step', 'correlate');
    const found = figure(figures, { statistic: 'Correlation', column: 'hir', withColumn: 'ccs' });
    assert.ok(Math.abs(found - correlation(numbers('hir'), numbers('ccs'))) < 0.001);
    assert.match(status?.enginePrimitives ?? '', /ABY3/);
    assert.equal((await receiptsOf(flowId)).length, 5);
    assert.deepEqual(await storedFor(SUPERVISOR, flowId), []);
    await nothingLeft(flowId, NAMESPACES);
  });
});

test('a cross table opens its large cells only, and with epsilon every count and mean has noise', async () => {
  const task = example('cross-table.yaml', 'cells');
  await apply(BANK_A.namespace, [task]);
  const flowId = await agree(task);
  await succeeded(task.metadata.name, COMPUTE_MS);
  const fetched = (step: string): Promise<Result> => fetchResult(BANK_A, task.metadata.name, '--step', step);
  const ofCell = (ccs: string, other: Record<string, string>): Record<string, string>[] => joint.filter((row) => Object.entries({ ccs, ...other }).every(([column, value]) => row[column] === value));
  const { header, rows } = await fetched('cells');
  assert.deepEqual(header, ['statistic', 'rowCategory', 'columnCategory', 'value']);
  const counts = rows.filter(([statistic]) => statistic === 'Count');
  const open = counts.filter(([, , , value]) => value !== '');
  for (const [, ccs = '', mcs = '', value] of open) {
    const cell = ofCell(ccs, { mcs });
    assert.ok(cell.length >= 100 && cell.length === Number(value), `${ccs} ${mcs}: ${value} of ${cell.length}`);
    assert.ok(Math.abs(figure({ header, rows }, { statistic: 'Mean', rowCategory: ccs, columnCategory: mcs }) - mean(numbers('dir', cell))) < 0.001);
  }
  assert.ok(open.length > 0 && open.length < counts.length, JSON.stringify(counts));
  const noisy = await fetched('noisy-cells');
  assert.equal(figure(noisy, { statistic: 'Epsilon' }), 1);
  // Two parties' noise of scale 2: beyond 80 once in 10^16.
  for (const [, ccs = '', deny = '', value] of noisy.rows.filter(([statistic, , , value]) => statistic === 'Count' && value !== '')) assert.ok(Math.abs(Number(value) - ofCell(ccs, { deny }).length) < 80, `${ccs} ${deny}: ${value}`);
  const means = await fetched('noisy-means');
  const ofLoans = figure(means, { statistic: 'Mean', column: 'dir', group: 'no' });
  assert.ok(Math.abs(ofLoans - mean(numbers('dir', joint.filter((row) => row['deny'] === 'no')))) < 0.5, String(ofLoans));
  assert.equal((await receiptsOf(flowId)).length, 8);
  await nothingLeft(flowId);
});

test('boosted trees that nobody can read, and a formula over columns of both banks, of one join', async () => {
  const formula = example('expression.yaml', 'unused').spec.steps[1]!;
  const task = example('boosted-trees.yaml', 'trees', (spec) => {
    spec.steps.push(formula);
    Object.assign(spec.steps[1]!.parameters ?? {}, { trees: 2 });
  });
  await apply(BANK_A.namespace, [task]);
  const flowId = await agree(task);
  await succeeded(task.metadata.name, COMPUTE_MS);
  const fetched = (step: string): Promise<Result> => fetchResult(BANK_A, task.metadata.name, '--step', step);
  const flags = await fetched('flag');
  const risky = new Map(joint.map((row) => [`${row['id_card']}|${row['branch']}`, Number(row['dir']) * Number(row['lvr']) > 0.25 && (Number(row['ccs']) >= 3 || row['deny'] === 'yes')]));
  assert.deepEqual(flags.header, ['id_card', 'branch', 'value']);
  assert.deepEqual(flags.rows.filter(([id, branch, value]) => risky.get(`${id}|${branch}`) !== (value === '1')), []);
  assert.ok(flags.rows.length === joint.length && [...risky.values()].some((value) => value));
  const auc = figure(await fetched('evaluate'), { metric: 'AUC' });
  assert.ok(auc > 0.5 && auc <= 1.001, String(auc));
  const gains = await fetched('explain');
  const share = gains.header.indexOf('coefficient');
  assert.deepEqual(gains.rows.map((row) => row[1]), ['dir', 'lvr', 'ccs', 'mcs']);
  assert.ok(Math.abs(gains.rows.reduce((total, row) => total + Number(row[share]), 0) - 1) < 0.001);
  await nothingLeft(flowId);
});

test('the program of an algorithm reveals its figures, and nothing of a row', async () => {
  const task = example('program.yaml', 'burden');
  await apply(BANK_A.namespace, [task]);
  const flowId = await agree(task);
  await succeeded(task.metadata.name, COMPUTE_MS);
  const { header, rows } = await fetchResult(BANK_A, task.metadata.name, '--step', 'burden');
  assert.deepEqual(header, ['figure', 'value']);
  const heavy = joint.filter((row) => Number(row['dir']) > 0.4);
  const poor = heavy.filter((row) => Number(row['ccs']) >= 3);
  const centre = mean(numbers('dir'));
  const twin: [string, number, number][] = [
    ['applicants_heavy', heavy.length, 0],
    ['share_poor', poor.length / joint.length, 0.001],
    ['denied_of_heavy', heavy.filter((row) => row['deny'] === 'yes').length / heavy.length, 0.005],
    ['variance', mean(numbers('dir').map((value) => (value - centre) ** 2)), 0.0001],
    ['loan_to_value_of_poor', mean(numbers('lvr', poor)), 0.005],
  ];
  assert.deepEqual(rows.map(([name]) => name), twin.map(([name]) => name));
  for (const [at, [name, value, bound]] of twin.entries()) assert.ok(Math.abs(Number(rows[at]?.[1]) - value) <= bound, `${name}: ${rows[at]?.[1] ?? ''} for ${value}`);
  assert.deepEqual((await storedFor(BANK_B, flowId)).filter((name) => name.includes('burden')), []);
  const shown = await collabnet(BANK_B.namespace, ['task', 'explain', await mirrorOf(task.metadata.name)]);
  assert.match(shown.stdout, /program\n +# Who carries a heavy debt.*\n +heavy = dir > 0\.4\n/);
  await nothingLeft(flowId);
});

describe('before anybody is asked', () => {
  const refused: [string, (spec: ComputeTaskSpecInput) => void, RegExp][] = [
    ['rows that no join has lined up', (spec) => Object.assign(spec.steps[1]!.inputs[0]!, { from: undefined, asset: 'customers' }), /spec\.steps\[1\]\.inputs\[0\]\.asset: Statistics computes over rows that are lined up; name the output of a Join/],
    ['a group that no party has', (spec) => (spec.steps[2]!.parameters = { groupBy: 'region' }), /spec\.steps\[2\]\.parameters\.groupBy: no party gives a column region/],
    ['a statistic that there is not', (spec) => (spec.steps[1]!.parameters = { statistics: 'Mode' }), /spec\.steps\[1\]\.parameters\.statistics: name one or more of Count/],
  ];
  for (const [what, change, answer] of refused) {
    test(`${what} is refused, with the field and the way out`, async () => {
      const task = example('statistics.yaml', 'refused', change);
      await apply(BANK_A.namespace, [task]);
      const seen = await eventually<SeenTask, SeenTask>(taskAt(BANK_A, task.metadata.name), 'was to be refused', (found) => answer.test(saysOf(found)) && found);
      assert.equal(seen.status?.proposedAt, undefined, 'nobody was asked');
    });
  }
});

test('a step whose label has not both outcomes fails with the column and the fix, and the later ones do not run', async () => {
  const task = example('credit-scoring.yaml', 'no-label', (spec) => {
    spec.steps = spec.steps.slice(0, 3);
    spec.steps[1]!.parameters = { label: 'deny', positive: 'perhaps' };
  });
  await apply(BANK_A.namespace, [task]);
  const flowId = await agree(task);
  const seen = await ended(task.metadata.name, COMPUTE_MS);
  assert.equal(seen.status?.phase, 'Failed');
  assert.match(saysOf(seen), /EngineLabelClasses: .*deny/);
  assert.deepEqual(seen.status?.steps?.map(({ phase }) => phase), ['Succeeded', 'Failed', 'Cancelled']);
  await nothingLeft(flowId);
});
