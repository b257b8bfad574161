import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DID_A, DID_B } from '../testing/fixtures.ts';
import { limitsOf } from './limits.ts';

const NONE = { runningAttempts: undefined, openTasks: undefined, computeSecondsPerDay: undefined };

test('what is said of a proposer by name goes before what is said of all others, limit by limit', () => {
  const quotas = { own: { openTasks: 9 }, others: { runningAttempts: 2, openTasks: 5 }, proposers: [{ did: DID_B, runningAttempts: 0, computeSecondsPerDay: 60 }] };
  assert.deepEqual(limitsOf(quotas, DID_B, DID_A), { runningAttempts: 0, openTasks: 5, computeSecondsPerDay: 60 });
  assert.deepEqual(limitsOf(quotas, `${DID_B}x`, DID_A), { ...NONE, runningAttempts: 2, openTasks: 5 });
  assert.deepEqual(limitsOf(quotas, DID_A, DID_A), { ...NONE, openTasks: 9 });
  assert.deepEqual(limitsOf({ ...quotas, proposers: [{ did: DID_A, openTasks: 3 }] }, DID_A, DID_A), { ...NONE, openTasks: 3 });
  assert.deepEqual(limitsOf(undefined, DID_B, DID_A), NONE);
});
