import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHdma } from './hdma.ts';
import { checkDigit, residentId, splitBetweenBanks } from './split.ts';

test('the banks hold overlapping customers under different names and never the same row twice', async () => {
  const tables = splitBetweenBanks(await readHdma());
  const keys = (rows: string[][]): string[] => rows.map((row) => `${row[0]}|${row[1]}`);
  const a = new Set(keys(tables.bankA.rows));
  const b = new Set(keys(tables.bankB.rows));
  assert.equal(a.size, tables.bankA.rows.length);
  assert.equal(b.size, tables.bankB.rows.length);
  assert.equal([...a].filter((key) => b.has(key)).length, tables.common);
  assert.equal(tables.bankA.rows.length + tables.bankB.rows.length - tables.common, 2381);
});

test('an id carries the check digit of GB 11643', () => {
  // The example of the standard itself.
  assert.equal(checkDigit('11010519491231002'), 'X');
  assert.match(residentId(1234), /^110101\d{8}\d{3}[\dX]$/);
});
