/* eslint-disable @typescript-eslint/no-unsafe-member-access -- samples are broken here in ways that types forbid */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REFUSED } from './testing/cases.ts';
import { sample, samples } from './testing/samples.ts';
import {
  validateApproval,
  validateCollabNetwork,
  validateComputeTask,
  validateDataAsset,
  validateParticipantDID,
  type Validation,
} from './validate.ts';

const VALIDATORS: Record<string, (object: unknown) => Validation<unknown>> = {
  Approval: validateApproval,
  CollabNetwork: validateCollabNetwork,
  ComputeTask: validateComputeTask,
  DataAsset: validateDataAsset,
  ParticipantDID: validateParticipantDID,
};

const validate = (object: { kind: string }): Validation<unknown> => {
  const validator = VALIDATORS[object.kind];
  assert.ok(validator);
  return validator(object);
};

describe('guards of the reconcilers', () => {
  it('accept every sample and fill in defaults', () => {
    for (const { file, object } of samples()) {
      const result = validate(object);
      assert.ok(result.ok, `${file}: ${JSON.stringify(result)}`);
    }
    const task = validateComputeTask(sample('computetask'));
    assert.ok(task.ok);
    assert.equal(task.object.spec.maxAttempts, 2);
    assert.equal(task.object.spec.suspend, false);
  });

  for (const refused of REFUSED.filter(({ transition }) => transition !== true)) {
    it(`refuse what the API server refuses: ${refused.message}`, () => {
      const object = refused.base();
      refused.change(object);
      const result = validate(object);
      assert.equal(result.ok, false);
      const wanted = refused.message.replace('metadata.name must', 'metadata.name: must');
      assert.ok(!result.ok && result.errors.some((error) => error.includes(wanted)), JSON.stringify(result));
    });
  }

  it('name the field of a fault of shape', () => {
    const task = sample('computetask');
    task.spec.steps[0].inputs[1].keys = [];
    task.spec.purpose = 7;
    const result = validateComputeTask(task);
    assert.ok(!result.ok);
    assert.ok(result.errors.some((error) => error.startsWith('spec.steps[0].inputs[1].keys: ')));
    assert.ok(result.errors.some((error) => error.startsWith('spec.purpose: ')));
  });

  it('refuse another kind, version and a missing spec', () => {
    const result = validateApproval({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } });
    assert.ok(!result.ok);
    assert.ok(result.errors.some((error) => error.startsWith('apiVersion: ')));
    assert.ok(result.errors.some((error) => error.startsWith('kind: ')));
    assert.ok(result.errors.some((error) => error.startsWith('spec: ')));
    assert.equal(validateApproval(null).ok, false);
  });
});
