import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkProgram, programOperator } from './check-program.ts';

describe('the text that an algorithm brings', () => {
  test('is one query, of an operator that runs queries', () => {
    for (const query of ['SELECT 1 AS rows', "-- why; and how\nwith j as (select ';' as x) select count(*) as rows from j;\n", '/* a; b */ SELECT "a;b" FROM [c;d]']) checkProgram(['SqlQuery'], query);
    const faults: [string, RegExp][] = [
      ['DELETE FROM loans', /begins with SELECT or WITH/],
      ['SELECT 1; DROP TABLE x', /several statements/],
      ["SELECT 'open", /does not end/],
      ['SELECT 1 /* open', /does not end/],
      ['SELECT 1\u202e', /line 1: has a character that cannot be seen/],
      ['x'.repeat(5000), /longer than 4096/],
      ['', /begins with SELECT/],
    ];
    for (const [query, message] of faults) assert.throws(() => checkProgram(['SqlQuery'], query), { code: 'EXPRESSION_INVALID', message }, query);
  });

  test('belongs to exactly one operator', () => {
    assert.equal(programOperator(['Join', 'SqlQuery', 'of a later release']), 'SqlQuery');
    assert.equal(programOperator(['Join']), undefined);
    checkProgram(['Join'], undefined);
    assert.throws(() => checkProgram(['SqlQuery'], undefined), /the operator SqlQuery needs one/);
    assert.throws(() => checkProgram(['Join'], 'SELECT 1'), /is for the operators SqlQuery and Program/);
    assert.throws(() => checkProgram(['SqlQuery', 'Program'], 'SELECT 1'), /different languages/);
  });
});
