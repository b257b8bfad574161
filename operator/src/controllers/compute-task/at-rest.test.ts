import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComputeTask } from '@collabnet/crds';
import { isAtRest, restingPart } from './at-rest.ts';

const ready = { type: 'Ready', status: 'False' as const, reason: 'ApprovalRefused', message: '', lastTransitionTime: '2026-01-02T03:04:05Z' };

function task(status: object, metadata: object = {}): ComputeTask {
  return { metadata: { name: 't', generation: 2, labels: { a: 'b' }, ...metadata }, spec: { networkRef: { name: 'net' }, purpose: 'long' }, status: { phase: 'ApprovalReject', flowID: 'f', observedGeneration: 2, conditions: [ready], ...status } } as unknown as ComputeTask;
}

test('a task whose end has been shown is at rest, and the cache keeps what identifies it', () => {
  assert.deepEqual(restingPart(task({})), {
    apiVersion: undefined,
    kind: undefined,
    metadata: { name: 't', generation: 2, labels: { a: 'b' } },
    spec: { networkRef: { name: 'net' } },
    status: { flowID: 'f', phase: 'ApprovalReject' },
  });
});

test('a task is not at rest while anything about it may still have to be said', () => {
  const open = [
    task({ phase: 'Running' }),
    task({ phase: undefined }),
    task({ observedGeneration: 1 }),
    task({ conditions: [] }),
    task({ conditions: [ready, { ...ready, type: 'Reconciling', status: 'True' }] }),
    task({}, { deletionTimestamp: '2026-01-02T03:04:05Z' }),
  ];
  for (const each of open) {
    assert.equal(isAtRest(each), false);
    assert.equal(restingPart(each), undefined);
  }
});
