import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { chartReadme, valuesSchemaText } from './documents.ts';
import { chartValues } from './values.ts';

const chart = (name: string): Promise<string> => readFile(join(import.meta.dirname, '..', '..', '..', 'charts', 'institution', name), 'utf8');

test('schema and README of the chart are those of its values: run make generate', async () => {
  assert.equal(await chart('values.schema.json'), valuesSchemaText());
  assert.equal(await chart('README.md'), chartReadme());
});

test('a value that does not exist, or is of another kind, is refused with its path', () => {
  const paths = (value: unknown): string[] => chartValues.safeParse(value).error?.issues.map(({ path }) => path.join('.')) ?? [];
  assert.ok(paths({ operator: { replicas: 0 } }).includes('operator.replicas'));
  assert.ok(paths({ images: { engineSpu: { repository: 'x', tag: 'y', digest: 'sha256:short' } } }).includes('images.engineSpu.digest'));
  assert.match(JSON.stringify(chartValues.safeParse({ sharedcluster: true }).error?.issues), /sharedcluster/);
});
