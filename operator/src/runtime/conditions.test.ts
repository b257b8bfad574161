import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConditionedStatus } from './conditions.ts';
import { findCondition, summarise } from './conditions.ts';

const T0 = Date.UTC(2026, 0, 1);
const types = (status: ConditionedStatus): string[] =>
  (status.conditions ?? []).map(({ type, status: value }) => `${type}=${value}`);

test('Ready is always there, Reconciling and Stalled only while true, all with one reason', () => {
  const status: ConditionedStatus = {};
  summarise(status, 1, { kind: 'progressing', reason: 'PodsPending', message: 'wait' }, T0);
  assert.deepEqual(types(status), ['Ready=False', 'Reconciling=True']);
  assert.deepEqual(new Set(status.conditions?.map(({ reason }) => reason)), new Set(['PodsPending']));
  summarise(status, 2, { kind: 'stalled', reason: 'InvalidSpec', message: 'size' }, T0);
  assert.deepEqual(types(status), ['Ready=False', 'Stalled=True']);
  summarise(status, 3, { kind: 'ready' }, T0);
  assert.deepEqual(types(status), ['Ready=True']);
  assert.equal(status.conditions?.[0]?.reason, 'Succeeded');
  assert.equal(status.observedGeneration, 3);
});

test('lastTransitionTime moves with status only, not with reason or message', () => {
  const status: ConditionedStatus = {};
  summarise(status, 1, { kind: 'progressing', reason: 'A', message: 'a' }, T0);
  summarise(status, 1, { kind: 'stalled', reason: 'B', message: 'b' }, T0 + 60_000);
  assert.equal(findCondition(status.conditions, 'Ready')?.lastTransitionTime, '2026-01-01T00:00:00Z');
  assert.equal(findCondition(status.conditions, 'Ready')?.reason, 'B');
  summarise(status, 1, { kind: 'ready' }, T0 + 120_000);
  assert.equal(findCondition(status.conditions, 'Ready')?.lastTransitionTime, '2026-01-01T00:02:00Z');
});

test('a pause keeps what is known: Ready and the observed generation stay', () => {
  const status: ConditionedStatus = {};
  summarise(status, 4, { kind: 'ready' }, T0);
  summarise(status, 5, { kind: 'suspended', message: 'paused' }, T0 + 1);
  assert.deepEqual(types(status), ['Ready=True']);
  assert.equal(status.observedGeneration, 4);
  assert.equal(findCondition(status.conditions, 'Ready')?.reason, 'Suspended');
});

test('conditions of others stay untouched', () => {
  const other = {
    type: 'Approved',
    status: 'True' as const,
    reason: 'ByGrant',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const status: ConditionedStatus = { conditions: [other] };
  summarise(status, 1, { kind: 'stalled', reason: 'X', message: '' }, T0);
  assert.deepEqual(findCondition(status.conditions, 'Approved'), other);
});
