import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CourierJob } from '@collabnet/wire';
import { mpcParameters, setParameters } from './engine-parameters.ts';

const job = (engine: CourierJob['algorithm']['engine'], operator: CourierJob['operator'], parameters: CourierJob['parameters']): CourierJob =>
  ({ operator, parameters, peers: [{ name: 'b' }], minimumSetSize: 10, algorithm: { name: 'x', version: '1.0.0', engine } }) as CourierJob;

test('each engine is told operator and curve in its own words', () => {
  const ecdh = { protocol: 'ECDH', curve: 'Curve25519' };
  assert.deepEqual(setParameters(job('spu', 'Difference', { protocol: 'RR22', curve: 'Curve25519' }), ['a', 'b']), { protocol: 'RR22', join: 'Difference', receivers: ['a', 'b'], broadcast: true });
  assert.deepEqual(setParameters(job('spu', 'Intersection', ecdh), ['a']), { protocol: 'ECDH', join: 'Intersection', receivers: ['a'], broadcast: false, curve: '25519' });
  assert.deepEqual(setParameters(job('sets', 'Cardinality', { ...ecdh, curve: 'SM2' }), ['a']), { operation: 'Cardinality', receivers: ['a'], curve: 'SM2', minimumSetSize: 10 });
  assert.deepEqual(setParameters(job('sets', 'Difference', ecdh), ['b']), { operation: 'Difference', receivers: ['b'], curve: 'RISTRETTO255' });
  assert.deepEqual(setParameters(job('sets', 'Union', { curve: 'SM2' }), ['a', 'b']), { operation: 'Union', receivers: ['a', 'b'], curve: 'SM2' });
});

test('a private query names who asks, who answers, and what', () => {
  const base = job('sets', 'PrivateQuery', { curve: 'SM2', maximumQueries: 50 });
  const both = { ...base, self: { name: 'a' }, peers: [{ name: 'b' }], outputs: [{ receivers: ['a'] }], layout: [{ party: 'a', input: 'q', kind: 'Rows', columns: ['own'] }, { party: 'b', input: 'r', kind: 'Rows', columns: ['score'] }] } as unknown as CourierJob;
  const expected = { operation: 'PrivateQuery', receivers: ['a'], curve: 'SM2', server: 'b', client: 'a', maximumQueries: 51, valueColumns: ['score'] };
  assert.deepEqual(setParameters(both, ['a']), expected);
  assert.deepEqual(setParameters({ ...both, self: both.peers[0]!, peers: [both.self] }, ['a']), expected, 'the same at both');
});

test('who gives rows is named to all engines', () => {
  const given = { ...job('sets', 'Deliver', {}), layout: [{ party: 'b', input: 'list', kind: 'Rows', columns: ['id'] }] } as CourierJob;
  assert.deepEqual(setParameters(given, ['a', 'c']), { operation: 'Deliver', receivers: ['a', 'c'], giver: 'b' });
});

test('a query comes with its text, its tables and the smallest group that owners allow', () => {
  const base = job('sets', 'SqlQuery', { host: 'b', maximumRows: 50, groupSize: 'n' });
  const query = {
    ...base,
    program: 'SELECT count(*) AS n FROM loans',
    trustedHost: { party: 'b', verifier: 'v'.repeat(43), simulated: true },
    layout: [{ party: 'a', input: 'loans', kind: 'Rows', columns: ['id', 'amount'], keys: 1 }],
  } as CourierJob;
  const tables = [{ party: 'a', name: 'loans', columns: ['id', 'amount'], keys: 1 }];
  assert.deepEqual(setParameters(query, ['a']), { operation: 'SqlQuery', receivers: ['a'], host: 'b', query: query.program, tables, maximumRows: 50, groupSize: 'n', minimumGroup: 10 });
});

test('a join is an intersection to the engines', () => {
  assert.equal(setParameters(job('spu', 'Join', { protocol: 'RR22', curve: 'Curve25519' }), ['a', 'b'])['join'], 'Intersection');
  assert.equal(setParameters(job('sets', 'Join', { protocol: 'ECDH', curve: 'SM2' }), ['a', 'b'])['operation'], 'Intersection');
});

test('an operator on shares gets its parameters, the protocol of its number of parties, and no smaller groups than owners allow', () => {
  const two = job('spu', 'Statistics', { statistics: 'Mean', minimumGroupSize: 5 });
  assert.deepEqual(mpcParameters(two, ['a']), { operator: 'Statistics', protocol: 'CHEETAH', receivers: ['a'], statistics: 'Mean', minimumGroupSize: 10 });
  assert.equal(mpcParameters(job('spu', 'Evaluate', { label: 'late', minimumGroupSize: 5 }), ['a'])['minimumGroupSize'], 5, 'metrics are about all rows');
  const table = job('spu', 'CrossTable', { rowsBy: 'b.region', columnsBy: 'late', minimumGroupSize: 5 });
  assert.equal(mpcParameters(table, ['a'])['minimumGroupSize'], 10);
  const noisy = job('spu', 'Statistics', { statistics: 'Mean', epsilon: '0.5', bounds: 'dir=0..1' });
  assert.deepEqual(mpcParameters(noisy, ['a']), { operator: 'Statistics', protocol: 'CHEETAH', receivers: ['a'], statistics: 'Mean', epsilon: '0.5', bounds: 'dir=0..1' });

  const three = { ...job('spu', 'Binning', { label: 'late', minimumBinSize: 50 }), peers: [...two.peers, ...two.peers] };
  assert.deepEqual(mpcParameters(three, ['a', 'b']), { operator: 'Binning', protocol: 'ABY3', receivers: ['a', 'b'], label: 'late', minimumBinSize: 50 });
  const five = { ...three, peers: [...three.peers, ...three.peers], onShares: ['e', 'a', 'c'] };
  assert.deepEqual(mpcParameters(five, ['b'])['computing'], ['e', 'a', 'c'], 'whoever else takes part gives its columns to these');
});

test('a formula reaches the engine as lists, with the party of every column', () => {
  const layout = [{ party: 'a', input: 'l', kind: 'Rows', columns: ['debt'] }, { party: 'b', input: 'r', kind: 'Rows', columns: ['income', 'sex'] }] as CourierJob['layout'];
  const asked = { ...job('spu', 'Expression', { expression: "a.debt / income > 0.4 or sex = 'f'" }), ...(layout && { layout }) };
  const expected = ['or', ['>', ['/', ['column', 'a', 'debt'], ['column', 'b', 'income']], ['number', '0.4']], ['text', 'b', 'sex', 'f']];
  assert.deepEqual(mpcParameters(asked, ['a']), { operator: 'Expression', protocol: 'CHEETAH', receivers: ['a'], expression: expected });
  assert.throws(() => mpcParameters({ ...asked, parameters: { expression: 'profit > 0' } }, ['a']), { code: 'JOB_INVALID' });
});
