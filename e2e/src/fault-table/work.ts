import assert from 'node:assert/strict';
import type { ComputeTaskSpecInput } from '@collabnet/crds';
import type { Manifest } from '@collabnet/hack';
import type { Consortium } from '../fixture/consortium.ts';
import { COMMON_OF_LARGE } from '../fixture/large-assets.ts';
import type { Result } from '../support/results.ts';
import { psiTask } from '../support/tasks.ts';

type Task = Manifest & { spec: ComputeTaskSpecInput };
type Step = ComputeTaskSpecInput['steps'][number];

/** What the task computes in whose midst the fault comes. */
export interface Work {
  /** The step that is brought to the moment. */
  readonly step: string;
  /** All steps, in the order they run. */
  readonly steps: readonly string[];
  /** The step whose result bank A looks at in the end. */
  readonly last: string;
  /** @param large so that computing lasts */
  task(consortium: Consortium, name: string, large: boolean): Task;
  check(result: Result, large: boolean): void;
}

/** A busy machine may cost an attempt before the fault does. */
const MOST_ATTEMPTS = 4;
const COMMON = 600;
const BOTH: ('a' | 'b')[] = ['a', 'b'];

function psi(consortium: Consortium, name: string, large: boolean): Task {
  return psiTask(consortium, name, { receivers: BOTH, maxAttempts: MOST_ATTEMPTS, ...(large && { asset: 'customers-large' }) });
}

const intersection: Work = {
  step: 'intersect',
  steps: ['intersect'],
  last: 'intersect',
  task: psi,
  check: ({ rows }, large) => assert.equal(rows.length, large ? COMMON_OF_LARGE : COMMON),
};

/** The engine for sets, over its own protocol. */
const cardinality: Work = {
  ...intersection,
  task: (consortium, name, large) => {
    const task = psi(consortium, name, large);
    const [step] = task.spec.steps;
    if (step) Object.assign(step, { operator: 'Cardinality', algorithm: { name: 'sets', version: '1.0.0' }, parameters: {}, inputs: step.inputs.map((input) => ({ ...input, columns: [] })) });
    return task;
  },
  check: ({ rows }, large) => assert.deepEqual(rows, [[String(large ? COMMON_OF_LARGE : COMMON)]]),
};

/** A model over shares, between the join before it and the opening of its coefficients after it. */
const training: Work = {
  step: 'train',
  steps: ['join', 'train', 'explain'],
  last: 'explain',
  task: (consortium, name) => {
    const task = psi(consortium, name, false);
    const inputs = (source: object): Step['inputs'] => [
      { name: 'left', party: 'a', ...source, keys: ['id_card', 'branch'], columns: ['dir', 'lvr'] },
      { name: 'right', party: 'b', ...source, keys: ['cert_no', 'office'], columns: ['ccs', 'mcs', 'deny'] },
    ];
    const shares = BOTH.map((party) => ({ name: `share-${party}`, party, from: { step: 'train', output: 'result' } }));
    const step = (stepName: string, operator: Step['operator'], receivers: string[], given: Step['inputs'], parameters: Step['parameters']): Step => ({
      name: stepName,
      operator,
      algorithm: { name: operator === 'Join' ? 'psi' : 'mpc', version: '1.0.0' },
      roles: { compute: BOTH, receivers },
      inputs: given,
      parameters,
      outputs: [{ name: 'result', receivers }],
    });
    task.spec.steps = [
      step('join', 'Join', BOTH, inputs({ asset: 'customers' }), {}),
      step('train', 'Regression', BOTH, inputs({ from: { step: 'join', output: 'result' } }), { model: 'Logistic', label: 'deny', positive: 'yes', epochs: 6 }),
      step('explain', 'Explain', ['a'], shares, {}),
    ];
    return task;
  },
  // Four columns and the intercept.
  check: ({ rows }) => assert.equal(rows.length, 5),
};

export const WORKS = { intersection, cardinality, training } as const;
export type WorkName = keyof typeof WORKS;
