import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tryProgram } from './try-program.ts';

describe('trying a program', () => {
  let folder: string;
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'collabnet-try-'))));
  after(() => rm(folder, { recursive: true }));

  test('shows its figures over the rows of several files', async () => {
    const program = "reveal owed = sum(debt * rate)\nreveal poor = count(grade = 'C, or worse')\n";
    const [a, b] = [await file('a.csv', '\ufeffid,debt\n1,100\n2,50\n'), await file('b.csv', 'id,rate,grade\n1,0.5,"C, or worse"\n2,2,A\n')];
    assert.deepEqual(await tryProgram(program, [a, b]), { columns: ['debt', 'rate', 'grade'], rows: 2, figures: [{ name: 'owed', value: 150 }, { name: 'poor', value: 1 }] });
  });

  test('says what does not fit together', async () => {
    const program = 'reveal owed = sum(debt)';
    const [one, two, broken] = [await file('one.csv', 'debt\n1\n'), await file('two.csv', 'debt,rate\n1,2\n3,4\n'), await file('broken.csv', 'debt,rate\n1\n')];
    await assert.rejects(tryProgram(program, [one, two]), { code: 'USAGE', message: /two\.csv: column debt stands in another file too/ });
    await assert.rejects(tryProgram(program, [one, await file('other.csv', 'rate\n1\n2\n')]), { code: 'USAGE', message: /have 1 and 2 rows/ });
    await assert.rejects(tryProgram(program, [broken]), { code: 'FILE_FAILED', message: /broken\.csv: is no CSV/ });
    await assert.rejects(tryProgram(program, [join(folder, 'none.csv')]), { code: 'FILE_FAILED', message: /cannot be read/ });
    await assert.rejects(tryProgram('reveal owed = debt', [one]), { code: 'EXPRESSION_INVALID', message: /line 1: would reveal/ });
  });
});
