import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProposedInput, ProposedStep } from '@collabnet/flow';
import { sourcesOf } from './lineage.ts';

const input = (name: string, source: Partial<ProposedInput>): ProposedInput => ({ name, party: `did:collab:${'0'.repeat(32)}:bank-a`, keys: ['id'], columns: [], ...source });
const step = (name: string, inputs: ProposedInput[]): ProposedStep => ({ name, inputs }) as unknown as ProposedStep;

// Every way through the flow would be more than there are atoms.
test('each step is looked at once, however many inputs read it', { timeout: 10_000 }, () => {
  const first = step('s0', [input('x', { asset: 'bank-a/customers' }), input('y', { asset: 'bank-a/claims' })]);
  const later = Array.from({ length: 31 }, (_, n) => step(`s${n + 1}`, Array.from({ length: 16 }, (__, i) => input(`i${i}`, { from: { step: `s${n}`, output: 'rows' } }))));
  const found = sourcesOf({ flowId: 'f', steps: [first, ...later] }, later[30]!);
  assert.deepEqual(found.map((source) => `${source.step}.${source.input.name}`), ['s0.x', 's0.y']);
});

test('steps that read each other have an end', { timeout: 10_000 }, () => {
  const circle = [step('a', [input('x', { asset: 'bank-a/customers' }), input('y', { from: { step: 'b', output: 'rows' } })]), step('b', [input('z', { from: { step: 'a', output: 'rows' } })])];
  assert.deepEqual(sourcesOf({ flowId: 'f', steps: circle }, circle[1]!).map((source) => source.input.name), ['x']);
});
