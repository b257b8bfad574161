import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { queryFault } from './query-fault.ts';
import { tryQuery } from './try-query.ts';

const loans = { name: 'loans', columns: ['id', 'amount'], keys: 1 };
const scores = { name: 'scores', columns: ['id', 'score'], keys: 1 };

describe('a query', () => {
  test('fits the tables, or what is wrong with it is said', () => {
    const fault = (query: string): string | undefined => queryFault(query, [loans, scores], 'rows');
    for (const query of ['SELECT count(*) AS rows FROM loans', 'WITH j AS (SELECT * FROM loans JOIN scores USING (id)) SELECT corr(amount, score) AS c, median(score) AS m, count(*) AS rows FROM j']) assert.equal(fault(query), undefined);
    const faults: [string, RegExp][] = [
      ['SELECT count(*) AS rows FROM loan', /no such table: loan/],
      ['SELECT amout, 2 AS rows FROM loans', /no such column: amout/],
      ['SELECT amount FROM loans', /selects no column rows; add count\(\*\) AS rows/],
      ['SELECT 1 AS a, 2 AS a, 3 AS rows', /two columns a/],
      ['DELETE FROM loans', /not authorized/],
      ['SELECT sql, 2 AS rows FROM sqlite_schema', /prohibited/],
      ["ATTACH 'x' AS y", /not authorized/],
      ['SELEC 1', /syntax error/],
    ];
    for (const [query, message] of faults) assert.match(fault(query) ?? '', message, query);
  });

  test('is tried over samples as the engine runs it: keys are texts, other columns numbers where they look like it', () => {
    const tables = [
      { ...loans, rows: [['007', '10.5'], ['7', '20'], ['8', null]] },
      { ...scores, rows: [['007', '1'], ['7', '2']] },
    ];
    assert.deepEqual(tryQuery('SELECT sum(amount) AS total, count(*) AS rows FROM loans JOIN scores USING (id)', tables), { columns: ['total', 'rows'], rows: [[30.5, 2]] });
    assert.throws(() => tryQuery('SELECT stddev_samp(amount) AS s, count(*) AS rows FROM loans', tables), /stddev_samp runs in the engine alone/);
  });
});
