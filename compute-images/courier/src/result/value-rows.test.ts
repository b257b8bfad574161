import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { joinedRows } from '../input/joined-rows.ts';
import type { RowBlocks } from '../input/open-rows.ts';
import { writeRowFiles } from '../input/row-files.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { figuresTable } from './figures-table.ts';
import type { Result } from './result.ts';
import { valueRows } from './value-rows.ts';

const count = 5000;
const keyOf = (row: number): string => (row % 3 === 0 ? `k "${row}",\nline` : `键${row}`);

let folder = '';
let frozen: FrozenRows;
const path = (name: string): string => join(folder, name);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-values-'));
  async function* blocks(): RowBlocks {
    for (let first = 0; first < count; first += 700) yield await Promise.resolve(Array.from({ length: Math.min(700, count - first) }, (_unused, n) => [keyOf(first + n), String(first + n), n % 2 === 0 ? null : '']));
  }
  const options = { keys: ['id'], columns: ['id', 'income', 'note'], engineFile: path('engine.csv'), rowsFile: path('rows.csv') };
  frozen = await writeRowFiles(blocks(), options, joinedRows(['income', 'note']));
});
after(() => rm(folder, { recursive: true, force: true }));

async function textOf({ blocks }: Result): Promise<string> {
  const parts: Buffer[] = [];
  for await (const block of blocks()) parts.push(block);
  return Buffer.concat(parts).toString();
}
const values = (lines: readonly string[], header = 'collabnet_row,score'): string => `${[header, ...lines].join('\n')}\n`;
const given = async (text: string): Promise<Result> => {
  await writeFile(path('values.csv'), text);
  return valueRows(path('values.csv'), path('rows.csv'), frozen, 1);
};

describe('values of joined rows', () => {
  test('the engine has the columns and no key; absent and empty are told apart', async () => {
    const lines = (await readFile(path('engine.csv'), 'utf8')).split('\n');
    assert.deepEqual(lines.slice(0, 3), ['income,note', '0,', '1,""']);
    assert.equal(lines.length, count + 2);
    assert.doesNotMatch(lines.join(), /键|line/);
    assert.deepEqual([frozen.rows, frozen.keys, frozen.engineRows], [count, count, count]);
  });

  test('stand behind the own keys, as often as they are asked for', async () => {
    const result = await given(values(Array.from({ length: count }, (_unused, row) => `${row},0.${row}`)));
    const expected = Array.from({ length: count }, (_unused, row) => `${row % 3 === 0 ? `"k ""${row}"",\nline"` : keyOf(row)},0.${row}\n`).join('');
    assert.equal(await textOf(result), `id,score\n${expected}`);
    assert.equal(await textOf(result), `id,score\n${expected}`);
    assert.equal(result.rows, count);
  });

  test('are refused unless there is one for every row, in their order, under names that are no keys', async () => {
    const good = Array.from({ length: count }, (_unused, row) => `${row},1`);
    const bad: [string, RegExp][] = [
      [values(good.slice(1)), /record 0 is of another row/],
      [values(good.slice(0, -1)), /has 4999 records for 5000 rows/],
      [values([...good, `${count},1`]), /has 5001 records/],
      [values(good, 'collabnet_row,id'), /header/],
      [values(good, 'row,score'), /header/],
      [values(good, 'collabnet_row,a b'), /header/],
      [values([...good.slice(0, -1), `${count - 1},1,2`]), /line/],
      ['', /header/],
    ];
    for (const [text, message] of bad) await assert.rejects(given(text), { code: 'RESULT_INVALID', message });
  });
});

test('a table of figures is passed on as it is, if it is one', async () => {
  await writeFile(path('table.csv'), 'metric,at,value\nAUC,,0.9\n');
  const result = await figuresTable(path('table.csv'));
  assert.deepEqual([result.rows, await textOf(result)], [1, 'metric,at,value\nAUC,,0.9\n']);
  for (const text of ['', 'a,b\n1\n', 'a\n"']) {
    await writeFile(path('table.csv'), text);
    await assert.rejects(figuresTable(path('table.csv')), { code: 'RESULT_INVALID' }, text);
  }
});
