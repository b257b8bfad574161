import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../lib/paths.ts';
import { enginesDocument } from './document.ts';
import { engineNotes } from './engine-figures.ts';
import { runPair } from './engine-pair.ts';

test('the document is what the kept figures say', () => {
  const notes = engineNotes().read();
  assert.equal(readFileSync(join(repositoryRoot, 'docs', 'engines-performance.md'), 'utf8'), enginesDocument(notes), "run 'make generate'");
  assert.match(enginesDocument({}), /Nothing was measured yet/);
});

test('a pair of engines for sets is run to its end and measured', async () => {
  const figures = await runPair({ engine: 'sets', parameters: { operation: 'Intersection', curve: 'SM2' }, rows: 200 });
  assert.ok(figures.seconds > 0 && figures.processorSeconds > 0 && figures.peakMemory > 1e6);
  await assert.rejects(runPair({ engine: 'sets', parameters: { operation: 'Merge' }, rows: 20 }), { message: /no exit\.json|BAD_JOB/ });
});
