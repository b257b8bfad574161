import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { computeTaskSpecSchema, type ComputeTaskSpecInput } from '@collabnet/crds';
import { engineIssues, flowSpecFromTask, OPERATORS } from '@collabnet/flow';
import { parse } from 'yaml';
import { repositoryRoot } from '../lib/paths.ts';
import { exampleOf, operatorPages } from './document.ts';

test('the pages in docs/operators are those of the catalogue', () => {
  const folder = join(repositoryRoot, 'docs', 'operators');
  const pages = operatorPages();
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort(), "run 'make generate'");
  for (const [name, text] of pages) assert.equal(readFileSync(join(folder, name), 'utf8'), text, "run 'make generate'");
});

/** Of the demo's algorithms that the engine spu does not run. */
const ENGINE_OF: Readonly<Record<string, 'sets'>> = { sets: 'sets', 'denial-rates': 'sets' };

test('every operator has an example that its engine can compute', () => {
  for (const name of OPERATORS) {
    const task = parse(exampleOf(name).replaceAll('NETWORK', '0'.repeat(32))) as { spec: ComputeTaskSpecInput };
    const { steps } = flowSpecFromTask(computeTaskSpecSchema.parse(task.spec));
    assert.ok(steps.some(({ operator }) => operator === name), name);
    for (const [index, step] of steps.entries()) assert.deepEqual(engineIssues(ENGINE_OF[step.algorithm.name] ?? 'spu', step, `steps[${index}]`), []);
  }
});
