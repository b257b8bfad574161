import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlgorithmContent } from '@collabnet/contracts';
import { DID_A, DID_B, fixture, NOW } from '../testing/fixtures.ts';
import { attemptDelegation } from './delegation.ts';
import { engineImageFault } from './engine-image.ts';
import { attemptName } from './names.ts';
import { notBeforeOf } from './retry-delay.ts';
import { flowStatus } from './status.ts';
import { waitingForConsent } from './waiting-for.ts';
import { consentActions } from '@collabnet/envelope';

const digest = `sha256:${'1'.repeat(64)}`;
const algorithm = (image: string, imageDigest?: string): AlgorithmContent => ({
  name: 'spu-psi', version: '1.0.0', engine: 'spu', operators: ['Intersection'], image, trustClass: 'ReviewedProtocol', trustModels: ['TwoPartySemiHonest'], leakage: 'sizes',
  ...(imageDigest === undefined ? {} : { imageDigest }),
});

test('the engine must be the registered one; its registry may be another', () => {
  assert.equal(engineImageFault('collabnet/engine-spu:dev', algorithm('collabnet/engine-spu:dev')), undefined);
  assert.equal(engineImageFault('mirror.example:5000/collabnet/engine-spu:dev', algorithm('collabnet/engine-spu:dev')), undefined);
  assert.equal(engineImageFault(`collabnet/engine-spu@${digest}`, algorithm('collabnet/engine-spu:0.9.5', digest)), undefined);
  assert.match(engineImageFault('collabnet/engine-spu:dev', algorithm('collabnet/engine-spu:dev', digest)) ?? '', /images\.engineSpu\.digest/);
  assert.match(engineImageFault('collabnet/engine-spu:new', algorithm('collabnet/engine-spu:dev')) ?? '', /tag/);
  assert.match(engineImageFault('other/engine:dev', algorithm('collabnet/engine-spu:dev')) ?? '', /other\/engine/);
  assert.match(engineImageFault(`collabnet/engine-spu@sha256:${'2'.repeat(64)}`, algorithm('collabnet/engine-spu', digest)) ?? '', /digest/);
});

test('only contended attempts wait, longer each time, and alike after a restart', () => {
  const { step } = fixture();
  const past = (reason: string, at: number): (typeof step)['attempts'][number] => ({ attempt: 1, reason, message: '', reporter: DID_A, touched: false, at });
  assert.equal(notBeforeOf(step), 0);
  assert.equal(notBeforeOf({ ...step, attempts: [past('PEER_LOST', NOW)] }), 0);
  const contended = { ...step, attempt: 2, attempts: [past('RESERVATION_EXPIRED', NOW)] };
  assert.ok(notBeforeOf(contended) >= NOW && notBeforeOf(contended) <= NOW + 15_000);
  assert.equal(notBeforeOf(contended), notBeforeOf(structuredClone(contended)));
});

test('a delegation names task, attempt and expiry, and nothing that is consent', () => {
  const { flow } = fixture();
  const delegation = attemptDelegation({ networkId: '5a'.repeat(32), did: DID_A, keyId: `${DID_A}#key-1`, id: { flowId: flow.flowId, step: 'match', attempt: 1 }, publicKey: '04', now: NOW, expires: NOW + 1 });
  assert.equal(delegation.task, flow.flowId);
  assert.equal(delegation.attempt, '1');
  assert.ok(delegation.actions.every((action) => !consentActions.includes(action)));
});

test('what is waited for names the party, the role, the command and the name the task has there', () => {
  const { flow, sealed } = fixture();
  flow.state = 'AwaitingApproval';
  flow.approvals[DID_B] = { state: 'Waiting', grants: {}, missing: [{ step: 'match', input: 'right', asset: 'bank-b/customers', code: 'GRANT_MISSING', message: 'no grant' }] };
  const [sentence] = waitingForConsent(flow, sealed, DID_A);
  assert.match(sentence ?? '', new RegExp(`^b: a person with role DataManager must run: kubectl collabnet approve bank-a-screening-${flow.flowId.slice(0, 8)} \\[bank-b/customers`));
});

test('the status tells rows to the receiver only and keeps them after the courier is gone', () => {
  const { flow, step, sealed } = fixture();
  const done = { ...step, state: 'Succeeded' as const, startedAt: NOW, finishedAt: NOW + 5, receipts: [DID_A, DID_B] };
  const input = { flow: { ...flow, state: 'Succeeded' as const, finishedAt: NOW + 5 }, steps: [done], receipts: [], sealed, sharedCluster: true, known: [{ step: 'match', output: 'matched', rows: 42, bytes: 900 }] };
  const atA = flowStatus({ ...input, self: DID_A });
  assert.deepEqual(atA.results, [{ step: 'match', output: 'matched', location: 'result-store', rows: 42, bytes: 900 }]);
  assert.equal(atA.role, 'Proposer');
  assert.equal(atA.approvals?.[0]?.grantID, 'grant-1');
  const atB = flowStatus({ ...input, self: DID_B, known: [] });
  assert.deepEqual(atB.results, []);
  assert.equal(atB.role, 'Party');
  assert.doesNotMatch(JSON.stringify(atB), /"rows"/);
});

test('names of attempts fit a host name and stay apart', () => {
  const flowId = 'a'.repeat(64);
  const long = attemptName({ flowId, step: 's'.repeat(63), attempt: 1 });
  assert.ok(long.length <= 63);
  assert.notEqual(long, attemptName({ flowId, step: `${'s'.repeat(62)}t`, attempt: 1 }));
});
