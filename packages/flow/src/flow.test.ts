import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  FlowError,
  type FlowSpec,
  type TaskSpec,
  flowSpecFromTask,
  parseDuration,
  stepOrder,
  validateFlow,
} from './index.ts';

const did = (code: string): string => `did:collab:${'0'.repeat(32)}:${code}`;

const task: TaskSpec = {
  runID: '1',
  purpose: 'fraud screening',
  trustModel: 'TwoPartySemiHonest',
  wireProfile: 'intl',
  approvalTimeout: '24h',
  timeout: '1h30m',
  maxAttempts: 2,
  parties: [
    { name: 'a', did: did('bank-a') },
    { name: 'b', did: did('bank-b') },
  ],
  steps: [
    {
      name: 'match',
      operator: 'Intersection',
      algorithm: { name: 'spu-psi', version: '1.0.0' },
      roles: { compute: ['a', 'b'], receivers: ['a'] },
      inputs: [
        { name: 'left', party: 'a', asset: 'customers', keys: ['id'], columns: ['score'] },
        { name: 'right', party: 'b', asset: 'bank-b/claims', keys: ['id'] },
      ],
      parameters: { protocol: 'RR22' },
      outputs: [{ name: 'matched', receivers: ['a'] }],
    },
  ],
};

type Edit = readonly [path: string, value?: unknown];

/** A deep copy of the good specification with members set or, without a value, removed. */
function bent(...edits: Edit[]): unknown {
  const copy = structuredClone(flowSpecFromTask(task)) as unknown as Record<string, unknown>;
  for (const [path, value] of edits) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    let holder = copy;
    for (const part of parts) holder = holder[part] as Record<string, unknown>;
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return copy;
}

const step = flowSpecFromTask(task).steps[0];
const parties = flowSpecFromTask(task).parties;
const third = { name: 'c', did: did('bank-c') };
/** Lets the first input of a step read another step's output. */
const source = (at: string, from: string): Edit[] => [
  [`${at}.inputs.0.asset`],
  [`${at}.inputs.0.from`, { step: from, output: 'matched' }],
];

describe('canonical specification', () => {
  test('comes out of a task with aliases, short asset names and durations made whole', () => {
    const spec = flowSpecFromTask(task);
    assert.equal(spec.timeoutMs, 5_400_000);
    assert.equal(spec.approvalTimeoutMs, 86_400_000);
    assert.equal(spec.steps[0]?.inputs[0]?.asset, 'bank-a/customers');
    assert.equal(spec.steps[0]?.inputs[1]?.asset, 'bank-b/claims');
    assert.deepEqual(spec.steps[0]?.inputs[1]?.columns, []);
    assert.deepEqual(validateFlow(spec), []);
  });

  test('refuses a duration that is none', () => {
    for (const text of ['', '0s', '1.5h', 'h', '10', '-1s']) {
      assert.throws(() => parseDuration(text, 'timeout'), { code: 'FLOW_INVALID', message: /^timeout: / });
    }
    assert.equal(parseDuration('1d2h3m4s5ms', 'x'), 93_784_005);
  });
});

describe('validation names field and fix', () => {
  const at = 'steps.0';
  const cases: [string, string, string, ...Edit[]][] = [
    ['an unknown member', '(root)', 'SHAPE', ['extra', 1]],
    ['an unknown party alias', 'steps[0].inputs[1].party', 'UNKNOWN_PARTY', [`${at}.inputs.1.party`, 'c']],
    ['receivers outside the parties', 'steps[0].roles.receivers[0]', 'UNKNOWN_PARTY', [`${at}.roles.receivers`, ['c']]],
    ['two inputs of one name', 'steps[0].inputs[1].name', 'DUPLICATE_NAME', [`${at}.inputs.1.name`, 'left']],
    ['two parties of one DID', 'parties[1].did', 'DUPLICATE_NAME', ['parties.1.did', did('bank-a')]],
    ['two steps of one name', 'steps[1].name', 'DUPLICATE_NAME', ['steps', [step, step]]],
    ['a key named twice', 'steps[0].inputs[0].keys[1]', 'DUPLICATE_NAME', [`${at}.inputs.0.keys`, ['id', 'id']]],
    ['a key again as column', 'steps[0].inputs[0].columns[0]', 'DUPLICATE_NAME', [`${at}.inputs.0.columns`, ['id']]],
    ['inputs of one party only', 'steps[0].inputs', 'TOO_FEW_INPUTS', [`${at}.inputs.1.party`, 'a']],
    ['an unknown operator', 'steps[0].operator', 'SHAPE', [`${at}.operator`, 'SecretUnion']],
    ['a missing operator', 'steps[0].operator', 'SHAPE', [`${at}.operator`]],
    ['a parameter that the operator has not', 'steps[0].parameters.rounds', 'PARAMETER', [`${at}.parameters.rounds`, 3]],
    ['an unknown protocol', 'steps[0].parameters.protocol', 'PARAMETER', [`${at}.parameters.protocol`, 'KKRT']],
    ['an unknown curve', 'steps[0].parameters.curve', 'PARAMETER', [`${at}.parameters.curve`, 'P-256']],
    ['SEMI2K', 'steps[0].parameters.protocol', 'PROTOCOL_REFUSED', [`${at}.parameters.protocol`, 'semi2k']],
    ['keys that do not pair up', 'steps[0].inputs[1].keys', 'KEY_COUNT', [`${at}.inputs.1.keys`, ['id', 'born']]],
    ['one compute party', 'steps[0].roles.compute', 'COMPUTE_PARTIES', [`${at}.roles.compute`, ['a']]],
    [
      'a third compute party',
      'steps[0].roles.compute',
      'COMPUTE_PARTIES',
      ['parties', [...parties, third]],
      [`${at}.roles.compute`, ['a', 'b', 'c']],
    ],
    [
      'an output to a non-receiver',
      'steps[0].outputs[0].receivers[0]',
      'RECEIVERS',
      [`${at}.outputs.0.receivers`, ['b']],
    ],
    ['a receiver without output', 'steps[0].roles.receivers[1]', 'RECEIVERS', [`${at}.roles.receivers`, ['a', 'b']]],
    [
      'a receiver that does not compute',
      'steps[0].roles.receivers[0]',
      'RECEIVERS',
      ['parties', [...parties, third]],
      [`${at}.roles.receivers`, ['c']],
    ],
    ['a party without a part', 'parties[2]', 'UNUSED_PARTY', ['parties', [...parties, third]]],
    ['an output of no step', 'steps[0].inputs[0].from', 'UNKNOWN_SOURCE', ...source(at, 'other')],
    ['a step that reads itself', 'steps', 'CYCLE', ...source(at, 'match')],
    ['an unknown profile', 'wireProfile', 'SHAPE', ['wireProfile', 'tls']],
    ['neither asset nor source', 'steps[0].inputs[0]', 'SHAPE', [`${at}.inputs.0.asset`]],
  ];
  for (const [what, field, code, ...edits] of cases) {
    test(what, () => {
      const issues = validateFlow(bent(...edits));
      const found = issues.find((issue) => issue.field === field && issue.code === code);
      assert.ok(found, JSON.stringify(issues));
      assert.ok(found.message.length > 10);
    });
  }

  test('every finding at once', () => {
    const value = bent([`${at}.roles.compute`, ['a']], [`${at}.parameters.protocol`, 'KKRT']);
    assert.throws(
      () => flowSpecFromTask({ ...task, steps: (value as FlowSpec).steps }),
      (error: unknown) => error instanceof FlowError && error.issues.length === 3,
    );
  });

  test('either wire profile', () => {
    assert.deepEqual(validateFlow(bent(['wireProfile', 'gm'])), []);
  });
});

describe('order of steps', () => {
  test('follows inputs, not the list', () => {
    const spec = bent(
      ['steps', [{ ...structuredClone(step), name: 'refine' }, step]],
      ...source('steps.0', 'match'),
    ) as FlowSpec;
    assert.deepEqual(validateFlow(spec), []);
    assert.deepEqual(stepOrder(spec), { order: ['match', 'refine'], cycle: [] });
  });

  test('names the steps of a circle', () => {
    const refine = { ...structuredClone(step), name: 'refine' };
    const spec = bent(['steps.1', refine], ...source('steps.0', 'refine'), ...source('steps.1', 'match')) as FlowSpec;
    assert.deepEqual(stepOrder(spec).cycle, ['match', 'refine']);
  });
});
