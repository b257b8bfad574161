import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StalledError, WaitError } from '../../runtime/index.ts';
import { podFault, type ProxyPod } from './pod-fault.ts';

type Container = NonNullable<NonNullable<ProxyPod['status']>['containerStatuses']>[number];
const pod = (container: Partial<Container>): ProxyPod => ({ metadata: { name: 'p' }, status: { containerStatuses: [{ image: 'collabnet/node:x', restartCount: 0, ...container }] } });

test('an image that cannot be had is for a person', () => {
  const fault = podFault(pod({ state: { waiting: { reason: 'ErrImageNeverPull', message: 'not present' } } }));
  assert.ok(fault instanceof StalledError);
  assert.equal(fault.reason, 'ProxyImageUnavailable');
  assert.match(fault.message, /collabnet\/node:x.*not present.*images\.node/);
});

test('a crash is told with its last words, and waited for', () => {
  const fault = podFault(pod({ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1, message: 'starting\nconfig.json: assets: malformed\n' } } }));
  assert.ok(fault instanceof WaitError);
  assert.equal(fault.reason, 'ProxyCrashing');
  assert.match(fault.message, /code 1, 3 restarts: config\.json: assets: malformed$/);
});

test('running out of memory names the value to raise', () => {
  const fault = podFault(pod({ restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }));
  assert.match(fault?.message ?? '', /dataProxy\.resources\.limits\.memory/);
});

test('a pod that fits nowhere says why; one that starts or runs again has no fault', () => {
  const pending: ProxyPod = { metadata: { name: 'p' }, status: { conditions: [{ type: 'PodScheduled', status: 'False', message: 'pvc "x" not bound' }] } };
  assert.equal(podFault(pending)?.reason, 'ProxyUnschedulable');
  assert.equal(podFault(pod({ state: { waiting: { reason: 'ContainerCreating' } } })), undefined);
  assert.equal(podFault(pod({ restartCount: 1, state: { running: {} }, lastState: { terminated: { exitCode: 1 } } })), undefined);
});
