import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approvalsOf, contractsStep, suffices } from './contracts-step.ts';
import { contractsVersionOf, definitionVersion } from './own-contracts.ts';

type Committed = Parameters<typeof contractsStep>[2];

const [A, B] = ['aa'.repeat(32), 'bb'.repeat(32)];
const own = { version: '1.4.0', digest: A };
const inForce = (version: string, digest: string, approved: boolean): Committed => ({ version: definitionVersion({ version, digest }), sequence: 7, approvals: { bank: approved, other: true } });

test('the own release is approved where it is the first, in force, later, or another build of what was approved', () => {
  const step = (committed: Committed, founder = true): unknown => contractsStep(own, { mspId: 'bank', founder }, committed);
  assert.deepEqual(step(undefined), { kind: 'Approve', sequence: 1, inForce: false });
  assert.deepEqual(step(undefined, false), { kind: 'Await' }, 'a member whose peer still reads');
  for (const approved of [true, false]) {
    assert.deepEqual(step(inForce('1.4.0', A, approved)), { kind: 'Approve', sequence: 7, inForce: true }, 'one that has just joined approves what is in force');
    assert.deepEqual(step(inForce('1.3.9', B, approved)), { kind: 'Approve', sequence: 8, inForce: false });
    assert.deepEqual(step(inForce('1.10.0', A, approved)), { kind: 'Outdated' }, 'no way back to an earlier version');
    assert.deepEqual(step(inForce('2.0.0-rc.1', A, approved)), { kind: 'Outdated' });
  }
  assert.deepEqual(step(inForce('1.4.0', B, true)), { kind: 'Approve', sequence: 8, inForce: false });
  assert.deepEqual(step(inForce('1.4.0', B, false)), { kind: 'Outdated' }, 'the others have agreed on another build');
});

test('more than half of the organisations put it into force', () => {
  const given = (...all: boolean[]): ReturnType<typeof approvalsOf> => approvalsOf(Object.fromEntries(all.map((each, n) => [`org-${n}`, each])));
  assert.deepEqual(given(true, false, true), { given: ['org-0', 'org-2'], missing: ['org-1'] });
  const cases: [boolean[], boolean][] = [[[true], true], [[true, false], false], [[true, true], true], [[true, true, false], true], [[true, true, false, false], false], [[], false]];
  for (const [all, enough] of cases) assert.equal(suffices(given(...all)), enough, String(all));
  assert.equal(contractsVersionOf(definitionVersion(own)), '1.4.0');
});
