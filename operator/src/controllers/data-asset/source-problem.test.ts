import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceProblem } from './source-problem.ts';

const cell = (line: number): { code: string; message: string } => ({ code: 'SOURCE_CELL_TYPE', message: `a.csv, line ${line}, column amount: not of type Decimal.` });

test('a whole source is no problem', () => {
  assert.equal(sourceProblem([]), undefined);
});

test('the condition names line, column and what to do', () => {
  const problem = sourceProblem([cell(9)]);
  assert.equal(problem?.reason, 'SourceCellType');
  assert.match(problem.message, /^a\.csv, line 9, column amount: not of type Decimal\. To mend it: .*spec\.columns\[\]\.type\.$/);
});

test('of many problems the first are shown and the rest counted, each fix once', () => {
  const problem = sourceProblem([1, 2, 3, 4, 5, 6, 7].map(cell));
  assert.match(problem?.message ?? '', /line 5.*; 2 more\. To mend it/);
  assert.ok(!problem?.message.includes('line 6'));
  assert.equal(problem?.message.split('correct the value').length, 2);
});
