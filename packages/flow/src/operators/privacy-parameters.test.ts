import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parameterIssues } from './catalogue.ts';

type Given = Readonly<Record<string, string>>;
const said = (operator: 'Statistics' | 'CrossTable', parameters: Given): string[] => parameterIssues(operator, parameters, 'p').map(({ field, message }) => `${field}: ${message}`);
const mean: Given = { statistics: 'Count,Mean', epsilon: '0.5', bounds: 'income=0..1000.5, b.age=-1..120' };
const table: Given = { rowsBy: 'ccs', columnsBy: 'deny', epsilon: '1', rowCategories: '1, 2,3', columnCategories: '否,yes' };

describe('a step with differential privacy', () => {
  test('is sound with its bounds and categories', () => {
    assert.deepEqual(said('Statistics', mean), []);
    assert.deepEqual(said('Statistics', { ...mean, groupBy: 'deny', categories: 'yes,no' }), []);
    assert.deepEqual(said('Statistics', { statistics: 'Count', epsilon: '1', groupBy: 'deny', categories: 'yes' }), []);
    assert.deepEqual(said('CrossTable', table), []);
  });

  const wrong: [string, 'Statistics' | 'CrossTable', Given, RegExp][] = [
    ['no privacy at all', 'Statistics', { ...mean, epsilon: '0' }, /^p.epsilon: must lie between 0.001 and 100$/],
    ['less privacy than none', 'Statistics', { ...mean, epsilon: '101' }, /^p.epsilon: must lie between/],
    ['an epsilon that is no number', 'CrossTable', { ...table, epsilon: '-1' }, /^p.epsilon: write a decimal number/],
    ['no bounds', 'Statistics', { statistics: 'Sum', epsilon: '1' }, /^p.bounds: Statistics needs it: With epsilon, for Sum and Mean/],
    ['bounds that cannot be read', 'Statistics', { ...mean, bounds: 'income' }, /^p.bounds: write column=lower..upper/],
    ['bounds in the wrong order', 'Statistics', { ...mean, bounds: 'income=5..-5' }, /^p.bounds: income: the lower bound 5 must be below the upper bound -5$/],
    ['bounds that are the same', 'Statistics', { ...mean, bounds: 'income=5..5.0' }, /^p.bounds: income: the lower bound 5 must be below/],
    ['bounds twice', 'Statistics', { ...mean, bounds: 'x=0..1,x=0..2' }, /^p.bounds: names a column twice$/],
    ['bounds without epsilon', 'Statistics', { statistics: 'Mean', bounds: 'x=0..1' }, /^p.bounds: counts only with epsilon/],
    ['a figure that has no noise', 'Statistics', { ...mean, statistics: 'Mean,Median' }, /^p.statistics: with epsilon there are Count, Sum, Mean$/],
    ['groups without names', 'Statistics', { ...mean, groupBy: 'deny' }, /^p.categories: Statistics needs it/],
    ['bounds of the groups', 'Statistics', { ...mean, groupBy: 'income', categories: 'yes' }, /^p.bounds: names the column of groupBy/],
    ['names without groups', 'Statistics', { ...mean, categories: 'yes' }, /^p.categories: counts only with epsilon/],
    ['a name twice', 'CrossTable', { ...table, rowCategories: '1, 1' }, /^p.rowCategories: names one of them twice$/],
    ['a name that is empty', 'CrossTable', { ...table, rowCategories: '1,' }, /^p.rowCategories: has an empty part/],
    ['columns without names', 'CrossTable', { rowsBy: 'a', columnsBy: 'b', epsilon: '1', rowCategories: '1' }, /^p.columnCategories: CrossTable needs it/],
    ['a value', 'CrossTable', { ...table, value: 'income' }, /^p.value: with epsilon there are counts only/],
  ];
  for (const [name, operator, parameters, message] of wrong) {
    test(`is refused with ${name}`, () => {
      const found = said(operator, parameters);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', message);
    });
  }
});
