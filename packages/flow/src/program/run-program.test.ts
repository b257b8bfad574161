import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseProgram } from './parse-program.ts';
import { runProgram, type SampleColumns } from './run-program.ts';

const columns: SampleColumns = new Map([
  ['debt', ['10', '20', '30', '40']],
  ['income', ['100', '0', '50', '80']],
  ['sex', ['f', 'm', 'f', 'm']],
  ['note', ['x', null, '', '7']],
]);
const run = (source: string): Record<string, number> => Object.fromEntries(runProgram(parseProgram(source), columns).map(({ name, value }) => [name, value]));

describe('a program over sample data', () => {
  test('gives its figures, and only these', () => {
    assert.deepEqual(run('high = debt / income >= 0.5\nreveal n = count(high)\nreveal women = count(high and sex = \'f\')\nreveal owed = sum(if(not high, debt, -1))'), { n: 2, women: 1, owed: 28 });
    assert.deepEqual(run('limit = 10 + 15\nreveal n = count(debt > limit)'), { n: 2 });
    assert.deepEqual(run('m = mean(debt)\nreveal v = mean((debt - m) * (debt - m))\nreveal far = count(abs(debt - m) > 10)\nreveal more = m > 24'), { v: 125, far: 2, more: 1 });
    assert.deepEqual(run('reveal z = sum(debt / income)\nreveal lowest = sum(min(debt, 25)) - 2 * count(debt <> 10 or sex = \'f\')'), { z: 1.2, lowest: 72 });
  });

  for (const [what, source, message] of [
    ['a column that is not there', 'reveal x = sum(age)', /no column age; there are debt, income, sex, note/],
    ['texts where numbers are wanted', 'reveal x = sum(sex)', /column sex holds no number in row 1/],
    ['missing values', "reveal x = count(note = 'x')", /column note has no value in row 2/],
  ] as const) {
    test(`names ${what}`, () => assert.throws(() => run(source), { code: 'EXPRESSION_INVALID', message }));
  }
});
