import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowSpecFromTask, partiesOnShares, stepOrder, validateFlow, type FlowSpec, type TaskSpec, type TaskStep } from './index.ts';

const did = (code: string): string => `did:collab:${'0'.repeat(32)}:${code}`;
const both = ['a', 'b'];
const algorithm = { name: 'mpc', version: '1.0.0' };

const join: TaskStep = {
  name: 'join',
  operator: 'Join',
  algorithm: { name: 'psi', version: '1.0.0' },
  roles: { compute: both, receivers: both },
  inputs: [
    { name: 'left', party: 'a', asset: 'customers', keys: ['id'], columns: ['income', 'late'] },
    { name: 'right', party: 'b', asset: 'claims', keys: ['ssn'], columns: ['age'] },
  ],
  outputs: [{ name: 'rows', receivers: both }],
};
const joined = [
  { name: 'left', party: 'a', from: { step: 'join', output: 'rows' }, keys: ['id'], columns: ['income', 'late'] },
  { name: 'right', party: 'b', from: { step: 'join', output: 'rows' }, keys: ['ssn'], columns: ['age'] },
];
const from = (party: string, step: string, output: string) => ({ name: `${output}-${party}`, party, from: { step, output }, keys: [] });
const bins: TaskStep = {
  name: 'bins', operator: 'Binning', algorithm, roles: { compute: both, receivers: both }, inputs: joined,
  parameters: { label: 'late' }, outputs: [{ name: 'table', receivers: both }],
};
const train: TaskStep = {
  name: 'train', operator: 'Regression', algorithm, roles: { compute: both, receivers: both },
  inputs: [...joined, from('a', 'bins', 'table'), from('b', 'bins', 'table')],
  parameters: { label: 'late', minimumInformationValue: '0.02' }, outputs: [{ name: 'model', receivers: both }],
};
const predict: TaskStep = {
  name: 'predict', operator: 'Predict', algorithm, roles: { compute: both, receivers: ['a'] },
  inputs: [...joined, from('a', 'train', 'model'), from('b', 'train', 'model')], outputs: [{ name: 'scores', receivers: ['a'] }],
};
const explain: TaskStep = {
  name: 'explain', operator: 'Explain', algorithm, roles: { compute: both, receivers: ['a'] },
  inputs: [from('a', 'train', 'model'), from('b', 'train', 'model')], outputs: [{ name: 'weights', receivers: ['a'] }],
};
const task: TaskSpec = {
  runID: '1', purpose: 'credit scoring', trustModel: 'TwoPartySemiHonest', wireProfile: 'intl', approvalTimeout: '24h', timeout: '1h', maxAttempts: 2,
  parties: [{ name: 'a', did: did('bank-a') }, { name: 'b', did: did('bank-b') }],
  // Written in another order than they run in.
  steps: [explain, predict, train, bins, join],
};
const whole = flowSpecFromTask(task);

/** Findings after a change of the whole task. */
function issues(change: (spec: FlowSpec) => void): string[] {
  const spec = structuredClone(whole);
  change(spec);
  return validateFlow(spec).map(({ field, message }) => `${field}: ${message}`);
}
/** What is wrong with a task of these steps alone. */
function issuesOf(...steps: TaskStep[]): string[] {
  try {
    flowSpecFromTask({ ...task, steps });
    return [];
  } catch (error) {
    return (error as { issues: { field: string; message: string }[] }).issues.map(({ field, message }) => `${field}: ${message}`);
  }
}

const step = (spec: FlowSpec, name: string): FlowSpec['steps'][number] => spec.steps.find((each) => each.name === name) ?? spec.steps[0]!;

test('a formula may be as long as the operator takes it', () => {
  const inputs = joined.map((input, n) => ({ ...input, columns: n === 0 ? ['income', 'late'] : ['age'] }));
  const formula = `late > 0${' and late > 0'.repeat(49)}`;
  const flag: TaskStep = { name: 'flag', operator: 'Expression', algorithm, roles: { compute: both, receivers: ['a'] }, inputs, parameters: { expression: formula }, outputs: [{ name: 'flags', receivers: ['a'] }] };
  assert.deepEqual(validateFlow(flowSpecFromTask({ ...task, steps: [join, flag] })), []);
});

describe('steps that read the outputs of earlier ones', () => {
  test('a whole scoring is sound, and its order follows from what is read', () => {
    assert.deepEqual(validateFlow(whole), []);
    assert.deepEqual(stepOrder(whole).order, ['join', 'bins', 'train', 'explain', 'predict']);
  });

  test('three compute parties, of whom one has no data, join as two and compute as three', () => {
    const three = [...both, 'c'];
    const spec = { ...task, trustModel: 'ThreePartyHonestMajority', parties: [...task.parties, { name: 'c', did: did('bank-c') }] };
    const trained = { ...train, roles: { compute: three, receivers: three }, outputs: [{ name: 'model', receivers: three }] };
    assert.deepEqual(validateFlow(flowSpecFromTask({ ...spec, steps: [join, { ...bins, roles: { compute: three, receivers: both } }, trained] })), []);
    const wanting = { ...predict, roles: { compute: three, receivers: ['a'] } };
    assert.throws(() => flowSpecFromTask({ ...spec, steps: [join, bins, trained, wanting] }), /party c must give its part of the model/);
  });

  test('of four parties all join, the first three compute on shares, and the fourth gives its columns and receives', () => {
    const four = [...both, 'c', 'd'];
    const parties = [...task.parties, { name: 'c', did: did('bank-c') }, { name: 'd', did: did('bank-d') }];
    const given = ['a', 'b', 'd'].map((party, n) => ({ name: `rows-${party}`, party, from: { step: 'join', output: 'rows' }, keys: joined[n]?.keys ?? ['id'], columns: joined[n]?.columns ?? ['debt'] }));
    const models = four.map((party) => ({ name: `model-${party}`, party, from: { step: 'train', output: 'model' }, keys: [], columns: [] }));
    const gather: TaskStep = {
      ...join,
      roles: { compute: four, receivers: four },
      inputs: [...join.inputs, { name: 'c', party: 'c', asset: 'customers', keys: ['id'], columns: [] }, { name: 'd', party: 'd', asset: 'customers', keys: ['id'], columns: ['debt'] }],
      parameters: { protocol: 'ECDH' },
      outputs: [{ name: 'rows', receivers: four }],
    };
    const learn: TaskStep = { ...train, roles: { compute: four, receivers: four }, inputs: given, parameters: { label: 'late' }, outputs: [{ name: 'model', receivers: four }] };
    const apply = (compute: string[]): TaskStep => ({ ...predict, roles: { compute, receivers: ['d'] }, inputs: [...given, ...models], parameters: {}, outputs: [{ name: 'scores', receivers: ['d'] }] });
    const spec = { ...task, trustModel: 'ThreePartyHonestMajority', parties };
    const flow = (...steps: TaskStep[]): FlowSpec => flowSpecFromTask({ ...spec, steps });
    assert.deepEqual(validateFlow(flow(gather, learn, apply(['c', 'b', 'a', 'd']))), []);
    assert.deepEqual(partiesOnShares('Predict', four), ['a', 'b', 'c']);
    assert.deepEqual(partiesOnShares('Join', four), four);
    assert.throws(() => flow(gather, learn, apply(['d', 'a', 'b', 'c'])), (error: { issues: { field: string; message: string }[] }) => {
      assert.deepEqual(error.issues.map(({ field, message }) => `${field}: ${message}`), ['steps[2].roles.compute: the model of step train is held in shares by a, b, c; name these first']);
      return true;
    });
    const keeps = { ...learn, roles: { compute: four, receivers: ['a', 'b', 'c'] }, outputs: [{ name: 'model', receivers: ['a', 'b', 'c'] }] };
    assert.throws(() => flow(gather, keeps), /steps\[1\].roles.receivers: each compute party keeps its part of the model; add d/);
  });

  const cases: [string, RegExp, (spec: FlowSpec) => void][] = [
    ['rows that no join has lined up', /inputs\[0\].asset: Binning computes over rows that are lined up; name the output of a Join/, (spec) => {
      const [first] = step(spec, 'bins').inputs;
      if (first) { delete first.from; first.asset = 'bank-a/customers'; }
    }],
    ['rows of two joins', /inputs: the rows come from the joins join and again, whose orders differ/, (spec) => {
      spec.steps.push({ ...structuredClone(step(spec, 'join')), name: 'again' });
      step(spec, 'bins').inputs[1]!.from = { step: 'again', output: 'rows' };
    }],
    ['other keys than those of the join', /inputs\[0\].keys: must be those of step join, which lined the rows up: id/, (spec) => (step(spec, 'bins').inputs[0]!.keys = ['income'])],
    ['a column that the source has not', /inputs\[0\].columns\[0\]: step join gives "a" no column debt, but id, income, late/, (spec) => (step(spec, 'bins').inputs[0]!.columns = ['debt'])],
    ['rows without a column to compute over', /inputs\[0\].columns: name at least one column that Binning computes over/, (spec) => (step(spec, 'bins').inputs[0]!.columns = [])],
    ['a label that nobody gives', /parameters.label: no party gives a column debt; there are a.income, a.late, b.age/, (spec) => (step(spec, 'bins').parameters['label'] = 'debt')],
    ['a label that two give', /parameters.label: several parties give a column late; write a.late or b.late/, (spec) => {
      step(spec, 'join').inputs[1]!.columns = ['late'];
      step(spec, 'bins').inputs[1]!.columns = ['late'];
    }],
    ['a formula that cannot be read', /parameters.expression: at character 7: found the end where/, (spec) => Object.assign(step(spec, 'bins'), { operator: 'Expression', parameters: { expression: 'late +' } })],
    ['a formula with a column that nobody gives', /parameters.expression: no party gives a column b.late; there are a.income, a.late, b.age/, (spec) => Object.assign(step(spec, 'bins'), { operator: 'Expression', parameters: { expression: 'a.late + b.late' } })],
    ['values of rows for a party that gives none', /inputs: party b receives values of rows and gives none itself/, (spec) => {
      Object.assign(step(spec, 'bins'), { operator: 'Expression', parameters: { expression: 'late > 3' } });
      step(spec, 'bins').inputs.splice(1, 1);
    }],
    ['rows held out of a training on all', /parameters.rows: step train trains on all rows; give it a holdout/, (spec) => Object.assign(step(spec, 'predict'), { operator: 'Evaluate', parameters: { label: 'late', rows: 'Holdout' } })],
    ['rows held out of another join', /parameters.rows: the rows of join again are others than those that step train was trained on/, (spec) => {
      spec.steps.push({ ...structuredClone(step(spec, 'join')), name: 'again' });
      step(spec, 'train').parameters['holdout'] = '0.25';
      Object.assign(step(spec, 'predict'), { operator: 'Evaluate', parameters: { label: 'late', rows: 'Holdout' } });
      for (const input of step(spec, 'predict').inputs) if (input.from?.step === 'join') input.from.step = 'again';
    }],
    ['a metric that the model has not', /parameters.metrics: RMSE is no metric of the Logistic model of step train/, (spec) => Object.assign(step(spec, 'predict'), { operator: 'Evaluate', parameters: { label: 'late', metrics: 'AUC, RMSE' } })],
    ['coefficients of clusters', /operator: Explain is for models with a label; step train makes clusters/, (spec) => Object.assign(step(spec, 'train'), { operator: 'KMeans', parameters: {} })],
    ['a key with the name of the values', /inputs\[0\].keys\[0\]: Predict puts its values into a column score/, (spec) => (step(spec, 'predict').inputs[0]!.keys = ['score'])],
    ['a figure twice', /parameters.statistics: names one of them twice/, (spec) => Object.assign(step(spec, 'bins'), { operator: 'Statistics', parameters: { statistics: 'Mean, Mean' } })],
    ['a column without bins', /inputs\[0\].columns\[0\]: step bins has no bins of income; name the column there/, (spec) => (step(spec, 'bins').inputs[0]!.columns = ['late'])],
    ['evidence of one party only', /inputs: minimumInformationValue needs the table of a Binning of party b too/, (spec) => step(spec, 'train').inputs.splice(3, 1)],
    ['evidence that is not asked for', /parameters.minimumInformationValue: party a gives the table of a Binning, which counts only with/, (spec) => (step(spec, 'train').parameters['minimumInformationValue'] = '')],
    ['an extreme of a group', /parameters.statistics: by groups there are Count, Sum, Mean/, (spec) => Object.assign(step(spec, 'bins'), { operator: 'Statistics', parameters: { statistics: 'Maximum', groupBy: 'late' } })],
    ['a cell of a column that nobody gives', /parameters.columnsBy: no party gives a column region/, (spec) => Object.assign(step(spec, 'bins'), { operator: 'CrossTable', parameters: { rowsBy: 'late', columnsBy: 'region' } })],
    ['bounds of a column that nobody gives', /parameters.bounds: no party gives a column b.late/, (spec) => Object.assign(step(spec, 'bins'), { operator: 'Statistics', parameters: { statistics: 'Mean', epsilon: '1', bounds: 'b.late=0..1' } })],
    ['a rate of learning beyond its bounds', /parameters.learningRate: must lie between 0.0001 and 1/, (spec) => (step(spec, 'train').parameters['learningRate'] = '5')],
    ['shares of two models', /inputs: the shares are of the models a{64}.* and this task/, (spec) => (step(spec, 'explain').inputs[0]!.from = { flow: 'a'.repeat(64), step: 'train', output: 'model' })],
    ['a model of another task where none is taken', /inputs\[2\].from: Binning takes no model/, (spec) => step(spec, 'bins').inputs.push({ name: 'model', party: 'a', from: { flow: 'a'.repeat(64), step: 'train', output: 'model' }, keys: [], columns: [] })],
    ['keys of a model', /inputs\[0\].keys: a model has no rows to name columns of/, (spec) => (step(spec, 'explain').inputs[0]!.keys = ['id'])],
    ['rows without keys', /inputs\[0\].keys: name at least one column/, (spec) => (step(spec, 'join').inputs[0]!.keys = [])],
    ['a model where none is taken', /inputs\[2\].from: Binning takes no model/, (spec) => step(spec, 'bins').inputs.push({ ...step(spec, 'explain').inputs[0]!, name: 'model' })],
    ['a table where none is taken', /inputs\[2\].from: Predict takes no table/, (spec) => (step(spec, 'predict').inputs[2]!.from = { step: 'bins', output: 'table' })],
    ['a table of another operator', /inputs\[2\].from: Regression takes the table of a Binning, not of Explain/, (spec) => (step(spec, 'train').inputs[2]!.from = { step: 'explain', output: 'weights' })],
    ['rows where only a model is taken', /inputs\[2\].from: Explain takes no rows/, (spec) => step(spec, 'explain').inputs.push(step(spec, 'bins').inputs[0]!)],
    ['a share that is missing', /inputs: party b must give its part of the model/, (spec) => step(spec, 'predict').inputs.splice(3, 1)],
    ['two tables of one party for an operator on sets', /inputs: party a must give exactly one input: Join takes one table of each party/, (spec) => step(spec, 'join').inputs.push({ ...step(spec, 'join').inputs[0]!, name: 'more' })],
    ['a join that not all receive', /roles.receivers: a join lines the rows up at all parties; add b/, (spec) => {
      step(spec, 'join').roles.receivers = ['a'];
      step(spec, 'join').outputs[0]!.receivers = ['a'];
    }],
    ['a model that not all keep', /roles.receivers: each compute party keeps its part of the model; add b/, (spec) => {
      step(spec, 'train').roles.receivers = ['a'];
      step(spec, 'train').outputs[0]!.receivers = ['a'];
    }],
    ['two outputs', /outputs: Binning has exactly one output/, (spec) => step(spec, 'bins').outputs.push({ name: 'more', receivers: ['a'] })],
    ['a trust model without protocol', /^trustModel: steps\[0\] is a Explain, which has no protocol for MultiPartySemiHonest/, (spec) => (spec.trustModel = 'MultiPartySemiHonest')],
  ];
  for (const [what, message, change] of cases) {
    test(`not: ${what}`, () => {
      const found = issues(change);
      assert.ok(found.some((text) => message.test(text)), found.join('\n'));
    });
  }

  test('a model of an earlier task is used without a step that trains', () => {
    const trained = (party: string) => ({ name: `model-${party}`, party, from: { flow: 'a'.repeat(64), step: 'train', output: 'model' }, keys: [] });
    const later = { ...predict, inputs: [...joined, trained('a'), trained('b')] };
    const spec = flowSpecFromTask({ ...task, steps: [later, join] });
    assert.deepEqual([validateFlow(spec), stepOrder(spec).order], [[], ['join', 'predict']]);
    assert.deepEqual(spec.steps[0]?.inputs[2]?.from, { flow: 'a'.repeat(64), step: 'train', output: 'model' });
  });

  test('a private query has one who asks and one who answers, with columns under names of their own', () => {
    const ask: TaskStep = { ...join, name: 'ask', operator: 'PrivateQuery', algorithm: { name: 'sets', version: '1.0.0' }, roles: { compute: both, receivers: ['a'] }, outputs: [{ name: 'answers', receivers: ['a'] }] };
    const asked = (change: Partial<TaskStep>): string[] => issuesOf({ ...ask, ...change });
    const columns = (list: string[]): TaskStep['inputs'] => [ask.inputs[0]!, { ...ask.inputs[1]!, columns: list }];
    assert.deepEqual(asked({}), []);
    assert.match(asked({ roles: { compute: both, receivers: both }, outputs: [{ name: 'answers', receivers: both }] }).join(), /roles.receivers: exactly one party asks/);
    assert.match(asked({ inputs: columns([]) }).join(), /inputs\[1\].columns: name at least one column that "a" asks for/);
    assert.match(asked({ inputs: columns(['income']) }).join(), /inputs\[1\].columns\[0\]: "a" has a column income of its own/);
    const select = { ...structuredClone(join), inputs: [{ name: 'left', party: 'a', from: { step: 'ask', output: 'answers' }, keys: ['id'], columns: ['income', 'age'] }, join.inputs[1]!] };
    assert.deepEqual(validateFlow(flowSpecFromTask({ ...task, steps: [ask, select] })), [], 'the answers can be read by a later step');
  });

  test('a union takes keys alone, and its keys can be read by a later step under the names of who receives them', () => {
    const algorithm = { name: 'sets', version: '1.0.0' };
    const keysOnly = join.inputs.map((input) => ({ ...input, columns: [] }));
    const unite: TaskStep = { ...join, name: 'unite', operator: 'Union', algorithm, parameters: {}, roles: { compute: both, receivers: ['a'] }, inputs: keysOnly, outputs: [{ name: 'keys', receivers: ['a'] }] };
    assert.deepEqual(issuesOf({ ...unite, inputs: join.inputs }), [0, 1].map((n) => `steps[0].inputs[${n}].columns: Union gives keys and nothing beside them; leave columns empty`));
    const count = (keys: string[]): TaskStep => ({ ...unite, name: 'count', operator: 'Cardinality', inputs: [{ name: 'all', party: 'a', from: { step: 'unite', output: 'keys' }, keys }, keysOnly[1]!], outputs: [{ name: 'number', receivers: ['a'] }] });
    const [own = ''] = keysOnly[0]?.keys ?? [];
    assert.deepEqual(issuesOf(unite, count([own])), []);
    assert.match(issuesOf(unite, count(['income'])).join(), /step unite gives "a" no column income, but /);
  });

  test('one party gives rows and all others receive them, to use them in later steps', () => {
    const [, list] = join.inputs;
    const give: TaskStep = { ...join, name: 'give', operator: 'Deliver', algorithm: { name: 'sets', version: '1.0.0' }, parameters: {}, roles: { compute: both, receivers: ['a'] }, inputs: [list!], outputs: [{ name: 'list', receivers: ['a'] }] };
    assert.deepEqual(issuesOf(give), []);
    assert.match(issuesOf({ ...give, inputs: join.inputs }).join(), /inputs: Deliver hands on exactly one input/);
    assert.match(issuesOf({ ...give, roles: { compute: both, receivers: both }, outputs: [{ name: 'list', receivers: both }] }).join(), /roles.receivers: "b" gives, so the receivers are all other compute parties: a/);
    const match = (columns: string[]): TaskStep => ({ ...structuredClone(join), name: 'match', operator: 'Intersection', inputs: [{ name: 'given', party: 'a', from: { step: 'give', output: 'list' }, keys: [...list!.keys], columns }, list!] });
    assert.deepEqual(issuesOf(give, match([...(list!.columns ?? [])])), []);
    assert.match(issuesOf(give, match(['profit'])).join(), /step give gives "a" no column profit, but /);
  });

  test('what a model tells of a row is named after the model', () => {
    const cluster = { ...train, operator: 'KMeans' as const, inputs: joined, parameters: {} };
    const select = { ...structuredClone(join), name: 'select', operator: 'Intersection' as const, inputs: [
      { name: 'left', party: 'a', from: { step: 'predict', output: 'scores' }, keys: ['id'], columns: ['cluster'] }, join.inputs[1]!,
    ] };
    assert.deepEqual(validateFlow(flowSpecFromTask({ ...task, steps: [join, cluster, predict, select] })), []);
  });

  test('scores can be matched again, by the name of their column', () => {
    const select = { ...structuredClone(join), name: 'select', operator: 'Intersection' as const, inputs: [
      { name: 'left', party: 'a', from: { step: 'predict', output: 'scores' }, keys: ['id'], columns: ['score'] }, join.inputs[1]!,
    ] };
    assert.deepEqual(validateFlow(flowSpecFromTask({ ...task, steps: [...task.steps, select] })), []);
  });
});
