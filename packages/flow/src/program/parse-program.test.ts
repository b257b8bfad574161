import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseProgram } from './parse-program.ts';
import { programLists } from './program.ts';

const program = `
# How much is owed by those who owe much: 'quoted' and "too".
high = debt / income > 0.4   # more than two fifths
reveal share = count(high) / count(sex = 'f # no comment')
reveal exposure = sum(if(high, balance, 0))
centre = mean(balance)
reveal spread = mean((balance - centre) * (balance - centre))
`;

const message = (source: string): string => {
  try {
    parseProgram(source);
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('programs', () => {
  test('name formulas, use them, and reveal figures', () => {
    const parsed = parseProgram(program);
    assert.deepEqual(parsed.columns, ['debt', 'income', 'sex', 'balance']);
    const lists = programLists(parsed, ({ column }) => ({ party: column === 'income' ? 'b' : 'a', column }));
    const balance = ['column', 'a', 'balance'];
    const apart = ['-', balance, ['named', 'centre']];
    assert.deepEqual(lists, [
      ['name', 'high', ['>', ['/', ['column', 'a', 'debt'], ['column', 'b', 'income']], ['number', '0.4']]],
      ['reveal', 'share', ['/', ['count', ['named', 'high']], ['count', ['text', 'a', 'sex', 'f # no comment']]]],
      ['reveal', 'exposure', ['sum', ['if', ['named', 'high'], balance, ['number', '0']]]],
      ['name', 'centre', ['mean', balance]],
      ['reveal', 'spread', ['mean', ['*', apart, apart]]],
    ]);
  });

  test('lines that use a line twice cost what they are, not what they would be written out', () => {
    const doubled = Array.from({ length: 60 }, (_, n) => `x${n + 1} = x${n} + x${n}`).join('\n');
    assert.equal(message(`x0 = debt\n${doubled}\nreveal total = sum(x60)`), 'taken');
  });

  for (const [what, source, expected] of [
    ['nothing', '# nothing', /reveals nothing/],
    ['no figure', 'a = debt', /reveals nothing/],
    ['a value of every row', 'reveal x = debt * 2', /line 1: would reveal a value of every row/],
    ['a value of every row by name', 'x = debt\nreveal y = x', /line 2: would reveal/],
    ['a constant', 'reveal x = 1', /line 1: reveals a constant/],
    ['a constant by name', 'two = 1 + 1\nreveal x = two * 3', /line 2: reveals a constant/],
    ['constants compared by name', 'two = 2\nx = two > 1', /line 2: .*compares constants/],
    ['no name', 'sum(debt)', /line 1: is no "name = formula"/],
    ['a word of the language', 'mean = sum(debt)', /line 1: mean is a word/],
    ['a name twice', 'x = debt\nx = income', /line 2: x is named twice/],
    ['a name before its line', 'reveal y = sum(x)\nx = sum(debt)', /x is both a column and the name of a line/],
    ['a party', 'reveal x = sum(a.debt)', /line 1: names the party a/],
    ['a figure of a figure', 'reveal x = sum(mean(debt))', /line 1: .*sum is about all rows/],
    ['a count of numbers', 'reveal x = count(debt)', /line 1: .*count takes what is true or false/],
    ['a sign too many', 'reveal x = sum(debt))', /line 1: at character 21: found "\)"/],
    ['too many lines', `${'x'.repeat(5)} = debt\n${Array.from({ length: 64 }, (_, n) => `y${n} = income`).join('\n')}`, /has 65 lines/],
    ['too many figures', Array.from({ length: 33 }, (_, n) => `reveal y${n} = sum(income)`).join('\n'), /reveals 33 figures/],
    ['too many operations', Array.from({ length: 5 }, (_, n) => `reveal y${n} = sum(income${' + income'.repeat(41)})`).join('\n'), /has 210 operations/],
    ['an escape sequence', '# fine\nreveal x = sum(debt) # \u001b[8m', /line 2: has a character that cannot be seen \(U\+001B\)/],
    ['an override of the direction', "reveal x = count(sex = '\u202e')", /line 1: .*U\+202E/],
    ['too much text', `# ${'x'.repeat(5000)}\nreveal x = sum(debt)`, /longer than 4096/],
    ['an aggregate in another language', 'reveal x = median(debt)', /there is no function median; there are abs, min, max, if, sum, mean, count/],
  ] as const) {
    test(`a program with ${what} is refused`, () => {
      assert.match(message(source), expected);
    });
  }
});
