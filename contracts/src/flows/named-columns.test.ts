import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProposedInput, ProposedStep } from '@collabnet/flow';
import { sourcesOf } from './lineage.ts';
import { namedColumns } from './named-columns.ts';

const did = (code: string): string => `did:collab:${'0'.repeat(32)}:${code}`;
const input = (name: string, party: string, source: Pick<ProposedInput, 'asset' | 'from'>, keys: string[], columns: string[]): ProposedInput => ({ name, party: did(party), keys, columns, ...source });
const step = (name: string, operator: ProposedStep['operator'], inputs: ProposedInput[]): ProposedStep => ({ name, operator, algorithm: { name: 'x', version: '1.0.0' }, computeParties: [did('a'), did('b')], receivers: [did('a')], inputs });
const from = (name: string) => ({ from: { step: name, output: 'out' } });

/** What the last step does with columns of bank B's asset. */
function named(...steps: ProposedStep[]): unknown {
  const flow = { flowId: 'f', steps };
  const last = steps.at(-1)!;
  const source = sourcesOf(flow, last).find((each) => each.input.party === did('b'))!;
  return namedColumns(flow, last, source);
}

const ask = step('ask', 'PrivateQuery', [input('q', 'a', { asset: 'a/customers' }, ['id'], []), input('r', 'b', { asset: 'b/customers' }, ['ssn'], ['phone', 'score'])]);
const join = step('join', 'Join', [input('l', 'a', { asset: 'a/customers' }, ['id'], ['phone']), input('r', 'b', { asset: 'b/customers' }, ['ssn'], ['phone'])]);

test('columns of a joined table are those of its own party, whatever the other calls its', () => {
  assert.deepEqual(named(join, step('again', 'Intersection', [input('l', 'a', from('join'), ['phone'], []), input('r', 'b', from('join'), ['ssn'], ['phone'])])), { keys: ['ssn'], columns: ['phone'] });
  assert.deepEqual(named(join, step('again', 'Intersection', [input('l', 'a', from('join'), ['id'], []), input('r', 'b', from('join'), ['phone'], ['ssn'])])), { keys: ['phone'], columns: ['ssn'] });
});

test('answers hold columns of who answered, which who asked may not use as keys unless they are', () => {
  assert.deepEqual(named(ask, step('again', 'Intersection', [input('l', 'a', from('ask'), ['phone'], ['score', 'id'])])), { keys: ['phone'], columns: ['score'] });
});

test('rows that were handed on keep their columns, whoever names them', () => {
  const give = step('give', 'Deliver', [input('l', 'b', { asset: 'b/customers' }, ['ssn'], ['phone', 'score'])]);
  assert.deepEqual(named(give, step('again', 'Intersection', [input('l', 'a', from('give'), ['phone'], ['score'])])), { keys: ['phone'], columns: ['score'] });
});

test('keys of a union are those of all parties, under the names of who receives them', () => {
  const union = step('union', 'Union', [input('l', 'a', { asset: 'a/customers' }, ['id', 'branch'], []), input('r', 'b', { asset: 'b/customers' }, ['ssn', 'office'], [])]);
  assert.deepEqual(named(union, step('again', 'PrivateQuery', [input('l', 'a', from('union'), ['id', 'branch'], []), input('r', 'b', from('union'), ['ssn', 'office'], ['office'])])), { keys: ['id', 'branch', 'ssn', 'office'], columns: ['office'] });
  assert.deepEqual(named(union, step('again', 'Intersection', [input('l', 'a', from('union'), ['branch'], ['id'])])), { keys: ['branch'], columns: ['id'] });
});

test('columns are followed through several steps, and a score is nobody\'s column', () => {
  const predict = step('predict', 'Predict', [input('l', 'a', from('join'), ['id'], ['phone']), input('r', 'b', from('join'), ['ssn'], ['phone'])]);
  assert.deepEqual(named(join, predict, step('again', 'Intersection', [input('r', 'b', from('predict'), ['ssn'], ['score'])])), { keys: ['ssn'], columns: [] });
});
