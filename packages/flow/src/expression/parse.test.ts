import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseExpression, toLists } from '../index.ts';

const lists = (source: string): unknown => toLists(parseExpression(source), ({ party = '?', column }) => ({ party, column }));
const refusal = (source: string): string => {
  try {
    parseExpression(source);
  } catch (error) {
    return (error as Error).message.replace('expression: ', '');
  }
  return 'accepted';
};
const x = ['column', '?', 'x'];
const y = ['column', '?', 'y'];
const n = (decimal: string): string[] => ['number', decimal];

describe('a formula', () => {
  test('binds its signs as arithmetic and logic do', () => {
    assert.deepEqual(lists('x - y - 1'), ['-', ['-', x, y], n('1')]);
    assert.deepEqual(lists('x + y * 2'), ['+', x, ['*', y, n('2')]]);
    assert.deepEqual(lists('(x + y) * -2'), ['*', ['+', x, y], ['negative', n('2')]]);
    assert.deepEqual(lists('x > 1 or y < 2 and not x = y'), ['or', ['>', x, n('1')], ['and', ['<', y, n('2')], ['not', ['=', x, y]]]]);
  });

  test('knows functions, both ways to write signs, and keywords in any case', () => {
    assert.deepEqual(lists('IF(x == 1 AND y != 2, max(x, 0.5), abs(y))'), ['if', ['and', ['=', x, n('1')], ['<>', y, n('2')]], ['max', x, n('0.5')], ['abs', y]]);
  });

  test('takes columns of a party, names in quotes and texts', () => {
    assert.deepEqual(lists('a.debt / "bank-b"."Ein kommen ä"'), ['/', ['column', 'a', 'debt'], ['column', 'bank-b', 'Ein kommen ä']]);
    assert.deepEqual(lists("sex = 'f' or 名字 <> 'it''s 🙂'"), ['or', ['text', '?', 'sex', 'f'], ['not', ['text', '?', '名字', "it's 🙂"]]]);
  });

  test('counts truths as numbers, but takes no number for a truth', () => {
    assert.deepEqual(lists('(x > 1) + (y > 2)'), ['+', ['>', x, n('1')], ['>', y, n('2')]]);
    assert.equal(refusal('x and y > 1'), 'at character 3: and takes what is true or false, such as a comparison, not a number');
    assert.match(refusal('if(x, 1, 2)'), /^at character 1: if takes what is true or false/);
  });

  test('says where it cannot be read, and what is expected there', () => {
    assert.equal(refusal('x + '), 'at character 4: found the end where a number, a column, a function or a parenthesis is expected');
    assert.equal(refusal('x y'), 'at character 3: found "y" where a sign between two values, or the end is expected');
    assert.equal(refusal('x + #'), 'at character 5: "#" begins neither a number nor a column, text or sign');
    assert.equal(refusal('(x + 1'), 'at character 7: found the end where ")" is expected');
    assert.equal(refusal('log(x)'), 'at character 1: there is no function log; there are abs, min, max, if');
    assert.equal(refusal('min(x)'), 'at character 1: min takes 2 values, not 1');
    assert.equal(refusal("'f' = sex"), 'at character 1: found "f" where a number, a column, a function or a parenthesis is expected');
    assert.match(refusal("x + 1 = 'f'"), /^at character 9: a text can only be compared with a column/);
    assert.match(refusal("x < 'f'"), /by = or <>/);
    assert.equal(refusal('1 + 2'), 'names no column');
    assert.equal(refusal('x > 0 and 1 < 2'), 'at character 13: < compares constants');
    assert.equal(refusal('x / 0.0'), 'at character 3: divides by 0');
    assert.equal(refusal(''), 'at character 1: found the end where a number, a column, a function or a parenthesis is expected');
    assert.match(refusal(`${'('.repeat(40)}x${')'.repeat(40)}`), /nested more than 32 times/);
    assert.match(refusal(`x${' '.repeat(2000)}`), /longer than 1024/);
    assert.match(refusal(`x${' + x'.repeat(101)}`), /has 101 operations; at most 100/);
    assert.match(refusal(`x + ${'1'.repeat(13)}`), /at most 12 digits/);
  });
});
