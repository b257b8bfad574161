import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OPERATORS } from '../vocabulary.ts';
import { OPERATOR_CATALOGUE, parameterIssues, withDefaults } from './catalogue.ts';
import { engineIssues } from './engine-issues.ts';
import { SHARES_DISCLOSURE } from './mpc-engines.ts';
import { parameterHelp } from './parameter-help.ts';

const step = (operator: (typeof OPERATORS)[number], parties: number, parameters: Record<string, string> = {}) => ({
  operator,
  parameters: withDefaults(operator, parameters),
  roles: { compute: Array.from({ length: parties }, (_, n) => `p${n}`), receivers: ['p0'] },
});

describe('catalogue of operators', () => {
  test('describes each by its own name, with an engine, what is learnt and every parameter', () => {
    for (const name of OPERATORS) {
      const operator = OPERATOR_CATALOGUE[name];
      assert.equal(operator.name, name);
      assert.match(operator.version, /^\d+\.\d+\.\d+$/);
      assert.ok(Object.keys(operator.engines).length > 0 && operator.disclosures.length > 0);
      for (const { values, description } of parameterHelp(operator)) assert.ok(values.length > 0 && description.length > 10, name);
    }
  });

  test('says of each that computes on shares what those who hold them could put together', () => {
    for (const { name, inputs, disclosures } of Object.values(OPERATOR_CATALOGUE)) {
      const onShares = inputs.rows === 'Joined' || inputs.rows === 'None';
      assert.equal(disclosures.includes(SHARES_DISCLOSURE), onShares, name);
    }
  });

  test('writes defaults out, which are valid, and leaves faulty parameters as they are', () => {
    for (const name of OPERATORS) {
      const required = parameterHelp(OPERATOR_CATALOGUE[name]).filter((each) => each.default === 'required');
      const given = Object.fromEntries(required.map((each) => [each.name, each.name]));
      assert.deepEqual(parameterIssues(name, withDefaults(name, given), 'p'), []);
      assert.deepEqual(parameterIssues(name, {}, 'p').map(({ field }) => field), required.map((each) => `p.${each.name}`));
    }
    assert.deepEqual(withDefaults('Cardinality', {}), { protocol: 'ECDH', curve: 'Curve25519' });
    assert.deepEqual(withDefaults('Intersection', { curve: 'SM2' }), { protocol: 'RR22', curve: 'SM2' });
    assert.deepEqual(withDefaults('Intersection', { curve: 'P-256' }), { curve: 'P-256' });
  });

  test('names a parameter that an operator has not, and a value that it does not take', () => {
    const [unknown] = parameterIssues('Intersection', { rounds: 3 }, 'steps[0].parameters');
    assert.deepEqual([unknown?.field, unknown?.message], ['steps[0].parameters.rounds', 'Intersection has no such parameter; it has protocol, curve']);
    assert.equal(parameterIssues('Cardinality', { curve: 'P-256' }, 'steps[0].parameters')[0]?.field, 'steps[0].parameters.curve');
    const message = (...args: Parameters<typeof parameterIssues>) => parameterIssues(...args)[0]?.message ?? '';
    assert.match(message('Binning', {}, 'p'), /^Binning needs it: Column with the outcome/);
    assert.match(message('Predict', { rounds: 3 }, 'p'), /it has none$/);
    assert.match(message('Statistics', { statistics: 'Mean, Mode' }, 'p'), /^name one or more of Count, Sum/);
    assert.match(message('Statistics', { quantiles: '0.5,2' }, 'p'), /from 0 to 1/);
    assert.match(message('Regression', { label: 'deny', learningRate: '1e3' }, 'p'), /decimal number/);
    assert.match(message('CrossTable', { rowsBy: 'ccs', columnsBy: 'ccs' }, 'p'), /^is the column of rowsBy/);
    assert.match(message('Statistics', { statistics: 'VarianceInflation' }, 'p'), /ask for both/);
    assert.deepEqual(parameterIssues('Statistics', { statistics: 'Correlation, VarianceInflation' }, 'p'), []);
  });
});

describe('an engine', () => {
  test('takes what it can compute', () => {
    assert.deepEqual(engineIssues('spu', step('Intersection', 2), 's'), []);
    assert.deepEqual(engineIssues('sets', step('Cardinality', 5), 's'), []);
    assert.deepEqual(engineIssues('sets', step('Intersection', 3, { protocol: 'ECDH' }), 's'), []);
    assert.deepEqual(engineIssues('spu', step('Statistics', 8), 's'), [], 'three compute, and five give to them');
  });

  test('is refused for what it cannot, with the way out', () => {
    const fields = (...args: Parameters<typeof engineIssues>) => engineIssues(...args).map(({ field, message }) => `${field}: ${message}`);
    assert.deepEqual(fields('spu', step('Cardinality', 2), 's'), ['s.operator: engine spu has no Cardinality; name an algorithm of engine sets']);
    assert.deepEqual(fields('spu', step('Intersection', 3), 's'), ['s.roles.compute: Intersection of engine spu takes 2 compute parties, not 3']);
    assert.deepEqual(fields('sets', step('Difference', 2), 's'), ['s.parameters.protocol: engine sets has not RR22; use ECDH']);
  });
});
