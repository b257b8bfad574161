import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FrozenRows } from '../input/frozen-input.ts';
import { keyedRecords } from '../input/keyed-records.ts';
import { keyedRows } from '../input/keyed-rows.ts';
import type { RowBlocks } from '../input/open-rows.ts';
import { writeRowFiles, type RowForm } from '../input/row-files.ts';
import { answers } from './answers.ts';

let folder = '';
const path = (name: string): string => join(folder, name);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-answers-'));
});
after(() => rm(folder, { recursive: true, force: true }));

function freeze(rows: (string | null)[][], columns: string[], form: RowForm): Promise<FrozenRows> {
  async function* blocks(): RowBlocks {
    yield await Promise.resolve(rows);
  }
  return writeRowFiles(blocks(), { keys: ['id'], columns, engineFile: path('engine.csv'), rowsFile: path('rows.csv') }, form);
}

test('who answers gives every row with a key and its columns, absent and empty told apart, and a dummy row', async () => {
  const frozen = await freeze([['a', '1', null], ['a', '2', ''], [null, '3', 'x'], ['b "q"', '4', 'one,\ntwo']], ['id', 'score', 'note'], keyedRecords(['id'], ['score', 'note']));
  const lines = (await readFile(path('engine.csv'), 'utf8')).split('\n');
  assert.deepEqual(lines.slice(0, 5), ['id,collabnet_row,score,note', 'a,0,1,', 'a,1,2,""', '"b ""q""",3,4,"one,', 'two"']);
  assert.match(lines[5] ?? '', /^[0-9a-f]{32},-1,,$/);
  assert.deepEqual([frozen.rows, frozen.keys, frozen.engineRows], [4, 2, 4]);
});

describe('answers of a private query', () => {
  let frozen: FrozenRows;
  before(async () => {
    frozen = await freeze([['k1', 'A'], ['k2', '乙'], ['k1', 'again'], [null, 'no key'], ['k"3', 'C']], ['id', 'branch'], keyedRows(['id']));
  });
  const answered = async (text: string, left = false): Promise<string> => {
    await writeFile(path('answers.csv'), text);
    const { blocks, rows } = await answers(path('answers.csv'), path('rows.csv'), frozen, ['score', 'note'].slice(0, text.includes('note') ? 2 : 1), left);
    const parts: Buffer[] = [];
    for await (const block of blocks()) parts.push(block);
    const told = Buffer.concat(parts).toString();
    assert.equal(rows, told.split('\n').length - 2);
    return told;
  };

  test('stand behind the own rows, as often as the other has the key', async () => {
    assert.equal(await answered('collabnet_row,score\n0,7\n0,\n1,""\n4,"a ""b"""\n'), 'id,branch,score\nk1,A,7\nk1,A,\nk2,乙,""\n"k""3",C,"a ""b"""\n');
    assert.equal(await answered('collabnet_row,score\n'), 'id,branch,score\n');
  });

  test('of a left join leave no own row out', async () => {
    const own = ['k1,A', 'k2,乙', 'k1,again', ',no key', '"k""3",C'];
    const all = (...values: string[][]): string => `id,branch,score,note\n${own.flatMap((row, at) => (values[at] ?? [',']).map((value) => `${row},${value}\n`)).join('')}`;
    assert.equal(await answered('collabnet_row,score,note\n', true), all());
    assert.equal(await answered('collabnet_row,score,note\n1,7,x\n1,8,\n', true), all([','], ['7,x', '8,']));
    assert.equal(await answered('collabnet_row,score,note\n0,1,\n4,2,\n', true), all(['1,'], [','], [','], [','], ['2,']));
  });

  test('are refused for rows that were not asked for, out of order, or under other names', async () => {
    for (const text of ['', 'collabnet_row,rate\n0,7\n', 'collabnet_row,score\n2,7\n', 'collabnet_row,score\n3,7\n', 'collabnet_row,score\n-1,7\n', 'collabnet_row,score\n5,7\n', 'collabnet_row,score\n1,7\n0,7\n', 'collabnet_row,score\nx,7\n']) {
      await assert.rejects(answered(text), { code: 'RESULT_INVALID' }, text);
    }
  });
});
