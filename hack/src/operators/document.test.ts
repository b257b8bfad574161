import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../lib/paths.ts';
import { operatorPages } from './document.ts';

test('the pages in docs/operators are those of the catalogue', () => {
  const folder = join(repositoryRoot, 'docs', 'operators');
  const pages = operatorPages();
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort(), "run 'make generate'");
  for (const [name, text] of pages) assert.equal(readFileSync(join(folder, name), 'utf8'), text, "run 'make generate'");
});
