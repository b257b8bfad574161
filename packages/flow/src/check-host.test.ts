import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowSpecFromTask, SIMULATOR_VERIFIER, trustedHostOf, validateFlow, type TaskSpec, type TaskStep } from './index.ts';

const did = (code: string): string => `did:collab:${'0'.repeat(32)}:${code}`;
const query: TaskStep = {
  name: 'query',
  operator: 'SqlQuery',
  algorithm: { name: 'rates', version: '1.0.0' },
  roles: { compute: ['a', 'b', 'c'], receivers: ['a'] },
  inputs: [
    { name: 'loans', party: 'a', asset: 'customers', keys: ['id', 'branch'], columns: ['amount'] },
    { name: 'scores', party: 'b', asset: 'customers', keys: ['ssn'], columns: ['score'] },
  ],
  parameters: { host: 'c' },
  outputs: [{ name: 'rates', receivers: ['a'] }],
};
const task: TaskSpec = {
  runID: '1', purpose: 'rates', trustModel: 'SimulatedTrustedExecution', wireProfile: 'intl', approvalTimeout: '24h', timeout: '1h', maxAttempts: 2,
  parties: ['a', 'b', 'c'].map((name) => ({ name, did: did(`bank-${name}`) })),
  steps: [query],
};

function issues(step: Partial<TaskStep>, trustModel: TaskSpec['trustModel'] = 'SimulatedTrustedExecution'): string[] {
  // A task that is not sound is only told so by validateFlow where its shape can be made at all.
  try {
    return validateFlow(flowSpecFromTask({ ...task, trustModel, steps: [{ ...query, ...step }] })).map(({ field, message }) => `${field}: ${message}`);
  } catch (error) {
    return [String(error)];
  }
}

describe('a step in a trusted execution environment', () => {
  const verifier = 'v'.repeat(43);

  test('needs a host; keys of its tables need not pair up', () => {
    assert.deepEqual(issues({}), []);
    assert.match(issues({ parameters: {} }).join(), /parameters.host: SqlQuery needs it/);
    assert.match(issues({ parameters: { host: 'd' } }).join(), /parameters.host: "d" does not compute; name one of a, b, c/);
    assert.match(issues({ inputs: [...query.inputs, { ...query.inputs[0]!, name: 'more' }] }).join(), /party a gives 2 inputs with rows/);
  });

  test('needs a verifier that fits what the task trusts', () => {
    assert.deepEqual(issues({ parameters: { host: 'c', verifier } }, 'TrustedExecution'), []);
    assert.match(issues({}, 'TrustedExecution').join(), /verifier: TrustedExecution needs the thumbprint of a verifier/);
    assert.match(issues({ parameters: { host: 'c', verifier: SIMULATOR_VERIFIER } }, 'TrustedExecution').join(), /the simulator protects nothing/);
    assert.match(issues({ parameters: { host: 'c', verifier } }).join(), /verifier: SimulatedTrustedExecution has the verifier of the simulator/);
    assert.match(issues({ parameters: { host: 'c', verifier: 'short' } }, 'TrustedExecution').join(), /verifier: give the SHA-256 thumbprint/);
    assert.match(issues({}, 'MultiPartySemiHonest').join(), /SqlQuery, which has no protocol for MultiPartySemiHonest/);
  });

  test('has what couriers demand of its host', () => {
    const spec = flowSpecFromTask(task);
    assert.deepEqual(trustedHostOf(spec, spec.steps[0]!), { party: 'c', verifier: SIMULATOR_VERIFIER, simulated: true });
    const real = flowSpecFromTask({ ...task, trustModel: 'TrustedExecution', steps: [{ ...query, parameters: { host: 'b', verifier, policy: 'strict' } }] });
    assert.deepEqual(trustedHostOf(real, real.steps[0]!), { party: 'b', verifier, policy: 'strict', simulated: false });
  });
});
