import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeTaskSpecSchema } from '@collabnet/crds';
import { ENGINES, OPERATOR_CATALOGUE, OPERATORS, PSI_CURVES, PSI_PROTOCOLS } from '@collabnet/flow';
import { chartValues } from '../../chart/values.ts';
import { engineImage } from './build/engine-image.ts';
import { testConfig } from './testing/bank.ts';

// The schemas of custom resources import nothing of the packages, so that the words are in both.
test('a ComputeTask knows the operators and parameters of the task language', () => {
  const { operator, parameters } = computeTaskSpecSchema.shape.steps.element.shape;
  assert.deepEqual(operator.unwrap().options, [...OPERATORS]);
  const { protocol, curve } = parameters.unwrap().shape;
  assert.deepEqual([protocol.unwrap().options, curve.unwrap().options], [[...PSI_PROTOCOLS], [...PSI_CURVES]]);
  const known = OPERATORS.flatMap((name) => Object.keys(OPERATOR_CATALOGUE[name].parameters.shape));
  assert.deepEqual(Object.keys(parameters.unwrap().shape).sort(), [...new Set(known)].sort());
});

test('every engine has an image in the values of the chart', () => {
  for (const engine of ENGINES) assert.match(engineImage(testConfig(), engine), new RegExp(`engine-${engine}`));
  assert.ok(ENGINES.every((engine) => `engine${engine[0]?.toUpperCase()}${engine.slice(1)}` in chartValues.shape.images.shape));
});
