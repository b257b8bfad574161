import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isQuery, tryQueryFile } from './try-query-file.ts';

describe('trying a query', () => {
  let folder: string;
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'collabnet-query-'))));
  after(() => rm(folder, { recursive: true }));
  const query = '-- Debts of those with a good score.\nSELECT sum(debt) AS owed, count(*) AS rows FROM loans JOIN scores USING (id) WHERE score < 3';

  test('runs it over files, each of which is a table', async () => {
    const [loans, scores] = [await file('a.csv', 'debt,id\n100,007\n50,7\n,8\n'), await file('b.csv', 'id,score\n007,1\n7,5\n8,2\n')];
    assert.ok(isQuery(query) && !isQuery('reveal owed = sum(debt)'));
    assert.deepEqual(await tryQueryFile(query, [`loans=${loans}`, `scores=${scores}`], ['id']), { columns: ['owed', 'rows'], rows: [[100, 2]] });
  });

  test('says what does not fit together', async () => {
    const loans = await file('a.csv', 'id,debt\n1,1\n');
    await assert.rejects(tryQueryFile(query, [`loans=${loans}`], []), { code: 'USAGE', message: /no such table: scores/ });
    await assert.rejects(tryQueryFile(query, [loans], []), { code: 'USAGE', message: /write table=file\.csv/ });
    await assert.rejects(tryQueryFile(query, [`loans=${join(folder, 'none.csv')}`], []), { code: 'FILE_FAILED' });
  });
});
