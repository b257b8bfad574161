import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { computeTaskSpecSchema } from '@collabnet/crds';
import { ENGINES, MOST, MOST_PARTIES, OPERATOR_CATALOGUE, OPERATORS, PSI_CURVES, PSI_PROTOCOLS } from '@collabnet/flow';
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

test('a ComputeTask has the sizes of the task language, so that every proposal can be shown', () => {
  interface Sized { maxItems?: number; maximum?: number; items?: Sized; properties?: Record<string, Sized>; allOf?: Sized[] }
  const { properties: task = {} } = z.toJSONSchema(computeTaskSpecSchema, { io: 'input', unrepresentable: 'any' }) as Sized;
  const step = task['steps']?.items?.properties ?? {};
  const input = step['inputs']?.items?.properties ?? {};
  const sizes = { steps: task['steps']?.maxItems, inputs: step['inputs']?.maxItems, keys: input['keys']?.maxItems, columns: input['columns']?.maxItems, outputs: step['outputs']?.maxItems, auditors: task['auditors']?.maxItems, attempts: task['maxAttempts']?.maximum };
  assert.deepEqual(sizes, MOST);
  assert.equal(task['parties']?.maxItems, MOST_PARTIES);
});

test('every engine has an image in the values of the chart', () => {
  for (const engine of ENGINES) assert.match(engineImage(testConfig(), engine), new RegExp(`engine-${engine}`));
  assert.ok(ENGINES.every((engine) => `engine${engine[0]?.toUpperCase()}${engine.slice(1)}` in chartValues.shape.images.shape));
});
