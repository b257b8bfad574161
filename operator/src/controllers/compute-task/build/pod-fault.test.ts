import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podFault, terminationMessage, type ComputePod } from './pod-fault.ts';

const CREATED = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const pod = (status: ComputePod['status']): ComputePod => ({
  metadata: { name: 'ct-1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { initContainers: [{ name: 'courier', image: 'node:dev' }], containers: [{ name: 'engine', image: 'registry.example/engine:1' }] },
  ...(status === undefined ? {} : { status }),
});
const engineWaits = (reason: string): ComputePod => pod({ phase: 'Pending', containerStatuses: [{ name: 'engine', state: { waiting: { reason } } }] });

test('an image that cannot be pulled is given time, then named with the fix', () => {
  assert.equal(podFault(engineWaits('ImagePullBackOff'), CREATED + MINUTE), undefined);
  const fault = podFault(engineWaits('ImagePullBackOff'), CREATED + 3 * MINUTE);
  assert.equal(fault?.reason, 'IMAGE_UNAVAILABLE');
  assert.match(fault?.message ?? '', /registry\.example\/engine:1.*pullSecrets/);
});

test('an image that may not be pulled is missing for good, at once', () => {
  assert.deepEqual([podFault(engineWaits('ErrImageNeverPull'), CREATED)?.reason, podFault(engineWaits('ErrImageNeverPull'), CREATED)?.retryable], ['IMAGE_UNAVAILABLE', false]);
});

test('a restarted courier voids the attempt even while all runs', () => {
  const running = pod({ phase: 'Running', initContainerStatuses: [{ name: 'courier', restartCount: 1, state: { running: {} } }] });
  assert.equal(podFault(running, CREATED)?.reason, 'COURIER_RESTARTED');
});

test('ends of a pod: evicted is tried again, out of memory and deadline are not', () => {
  assert.deepEqual(podFault(pod({ phase: 'Failed', reason: 'Evicted' }), CREATED)?.retryable, true);
  const starved = { exitCode: 137, reason: 'OOMKilled' };
  for (const courier of [{ state: { terminated: starved } }, { restartCount: 1, state: { running: {} }, lastState: { terminated: starved } }]) {
    const fault = podFault(pod({ phase: 'Running', initContainerStatuses: [{ name: 'courier', ...courier }] }), CREATED);
    assert.deepEqual([fault?.reason, fault?.retryable], ['OUT_OF_MEMORY', false]);
    assert.match(fault?.message ?? '', /compute\.courier\.limits\.memory/);
  }
  const oom = podFault(pod({ phase: 'Failed', containerStatuses: [{ name: 'engine', state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }] }), CREATED);
  assert.equal(oom?.reason, 'OUT_OF_MEMORY');
  assert.match(oom?.message ?? '', /compute\.engine\.limits\.memory/);
  assert.equal(podFault(pod({ phase: 'Failed', reason: 'DeadlineExceeded' }), CREATED)?.retryable, false);
});

test('a pod without a node is given up after a bound; a healthy one is not', () => {
  const waiting = pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] });
  assert.equal(podFault(waiting, CREATED + MINUTE), undefined);
  assert.equal(podFault(waiting, CREATED + 4 * MINUTE)?.reason, 'POD_UNSCHEDULABLE');
  assert.equal(podFault(pod({ phase: 'Running', initContainerStatuses: [{ name: 'courier', restartCount: 0, state: { running: {} } }] }), CREATED + 60 * MINUTE), undefined);
});

test("a courier's last words outlive its restart", () => {
  const message = '{"failure":{"code":"JOB_INVALID"}}';
  const restarted = pod({ phase: 'Running', initContainerStatuses: [{ name: 'courier', restartCount: 1, state: { running: {} }, lastState: { terminated: { exitCode: 1, message } } }] });
  assert.equal(terminationMessage(restarted), message);
});
