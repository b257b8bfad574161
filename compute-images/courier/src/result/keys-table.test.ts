import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { keysTable } from './keys-table.ts';
import type { Result } from './result.ts';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'collabnet-keys-'))));
after(() => rm(folder, { recursive: true }));

async function read(text: string): Promise<Result> {
  const file = join(folder, 'out.csv');
  await writeFile(file, text);
  return keysTable(file, ['card', 'office']);
}

test('keys of all parties are delivered as the engine wrote them, as often as they are asked for', async () => {
  const text = 'card,office\n"",1\n"a,b",2\nü,""\n';
  const { rows, blocks } = await read(text);
  assert.equal(rows, 3);
  for (let attempt = 0; attempt < 2; attempt += 1) assert.equal((await buffer(blocks() as AsyncIterable<Buffer>)).toString(), text);
  assert.equal((await read('card,office\n')).rows, 0);
});

for (const [what, text, message] of [
  ['a table under other names', 'id,office\n1,2\n', /other columns/],
  ['a table with a row number', 'card,office,collabnet_row\n1,2,3\n', /other columns/],
  ['half a key', 'card,office\n1,\n', /record 0 is no whole key/],
  ['nothing', '', /no header/],
  ['a record of another length', 'card,office\n1\n', /line 2/],
] as const) {
  test(`${what} is refused`, async () => {
    await assert.rejects(read(text), { code: 'RESULT_INVALID', message });
  });
}
