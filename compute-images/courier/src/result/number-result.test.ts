import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { numberTable, readNumber } from './number-result.ts';

test('a count is a header and one whole number, and nothing else is taken for one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'courier-number-'));
  const file = join(folder, 'result.csv');
  try {
    for (const [text, value] of [['cardinality\n0\n', 0], ['cardinality\n600\n', 600]] as const) {
      await writeFile(file, text);
      assert.equal(await readNumber(file), value);
      assert.equal(numberTable(value).toString(), text);
    }
    for (const text of ['', 'cardinality\n', 'cardinality\n-1\n', 'cardinality\n1.5\n', 'cardinality\n1\n2\n', 'id\n1\n', 'cardinality\n01\n']) {
      await writeFile(file, text);
      await assert.rejects(readNumber(file), { code: 'RESULT_INVALID' }, text);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
