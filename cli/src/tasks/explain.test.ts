import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONTRACT_ERROR_CODES } from '@collabnet/contracts';
import type { CollabNetwork, ComputeTask } from '@collabnet/crds';
import { sample } from '@collabnet/crds/testing';
import type { V1Pod } from '@kubernetes/client-node';
import { explainTask } from './explain.ts';
import { explanationOf, type Explanation } from './explanation/explanation.ts';
import { podState, type PodState } from './explanation/pod-state.ts';
import { remedyOf } from './explanation/remedies.ts';

type Status = NonNullable<ComputeTask['status']>;

const NOW = Date.parse('2026-11-21T12:00:00Z');
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();
const A = 'did:collab:0123456789abcdef0123456789abcdef:bank-a';
const B = 'did:collab:0123456789abcdef0123456789abcdef:bank-b';
const FLOW = 'ab'.repeat(32);

const network = { status: { ledger: { height: 41, state: 'Following', verifiedAt: at(-7), headTime: at(-90) } } } as CollabNetwork;
const condition = (type: string, status: string, reason: string, message: string): NonNullable<Status['conditions']>[number] => ({ type, status, reason, message, lastTransitionTime: at(0) }) as never;

function told(status: Partial<Status>, pod?: PodState): { text: string; json: Explanation } {
  const task = sample('computetask') as unknown as ComputeTask;
  // Defaults that the API server would fill in.
  Object.assign(task.spec, { auditors: [], suspend: false, maxAttempts: 3, runID: '1' });
  for (const step of task.spec.steps) for (const input of step.inputs) input.columns ??= [];
  task.status = { flowID: FLOW, traceID: FLOW.slice(0, 32), proposer: A, ...status };
  const json = explanationOf(task, network, pod, NOW);
  return { json, text: explainTask(json, task, network, NOW) };
}

const agreed = [
  { party: 'a', did: A, state: 'Approved' as const, via: 'Grant' as const, decidedAt: at(-3600), confirmedAt: at(-60) },
  { party: 'b', did: B, state: 'Approved' as const, via: 'Person' as const, decidedAt: at(-120), confirmedAt: at(-50), reason: 'Committee' },
];

test('proposed: whose consent, until when, how to give it', () => {
  const waiting = 'b: a person with role DataManager must run: kubectl collabnet approve bank-a-common-customers-abababab';
  const { text, json } = told({
    phase: 'AwaitingApproval',
    proposedAt: at(-7200),
    approvalDeadline: at(79_200),
    approvals: [{ ...agreed[0]!, confirmedAt: undefined }, { party: 'b', did: B, state: 'Waiting' }],
    waitingFor: [waiting],
    conditions: [condition('Ready', 'False', 'AwaitingApproval', waiting)],
  });
  assert.equal(json.now, `proposed 2h ago; waits for the consent of b, until ${at(79_200)} (22h left)`);
  assert.equal(text.split(waiting).length, 2, 'said once');
  assert.match(text, /a +Approved +Grant +60m ago +- /);
  assert.match(text, /trace +(ab){16}\n/);
  assert.match(text, /ledger view +height 41, Following, confirmed 7 s before$/);
});

test('all have agreed: whose operator has not confirmed', () => {
  const { json } = told({ phase: 'AwaitingApproval', proposedAt: at(-60), approvals: [agreed[0]!, { ...agreed[1]!, confirmedAt: undefined }] });
  assert.match(json.now, /all have agreed; waits for the operator of b to confirm/);
});

test('reserving: by whom, by whom not, since when, until when, and why the own pod is not ready', () => {
  const pod: V1Pod = {
    metadata: { name: 'ct-ab-match-2' },
    spec: { containers: [] },
    status: {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'courier', image: 'collabnet/node:dev', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } } }],
    },
  };
  const events = [
    { type: 'Warning', reason: 'Failed', message: 'manifest unknown', count: 4, lastTimestamp: new Date(NOW), metadata: {}, involvedObject: {} },
    { type: 'Normal', reason: 'Scheduled', message: 'assigned', metadata: {}, involvedObject: {} },
  ];
  const { text, json } = told(
    {
      phase: 'Pending',
      approvals: agreed,
      steps: [
        {
          name: 'match', phase: 'Pending', attempt: 2, pod: 'ct-ab-match-2', reserveDeadline: at(540),
          parties: [{ party: 'a' }, { party: 'b', reservedAt: at(-30) }],
          attempts: [{ attempt: 1, reason: 'PEER_SILENT', message: `${B}: nothing was heard for 45 s`, reporter: 'a', startedAt: at(-200), endedAt: at(-100) }],
        },
      ],
      conditions: [condition('Ready', 'False', 'Preparing', 'pod ct-ab-match-2 container courier: ImagePullBackOff')],
    },
    podState('ct-ab-match-2', pod, events),
  );
  assert.match(json.now, /^step match, attempt 2: waits for a to have pod, input and engine ready, until .* \(9m left\); ready: b \(30s ago\)$/);
  assert.match(text, /step match: Pending, attempt 2 of 3/);
  assert.match(text, /a +no +- +no\n +b +30s ago +- +no/);
  assert.match(text, /attempt 1 failed 100s ago: PEER_SILENT, told by a\n.*nothing was heard.*\n +what to do: Nothing was heard of the other party/);
  assert.match(text, /own pod ct-ab-match-2: Pending\n {2}container courier: ImagePullBackOff \(image collabnet\/node:dev\): Back-off pulling image\n {2}event Failed: manifest unknown \(4 times\)/);
  assert.equal(json.steps[0]?.failed[0]?.ran, true);
});

test('a pod that no node takes, one that is gone and one that was killed say so', () => {
  const of = (status: V1Pod['status']): string | undefined => podState('p', { metadata: {}, status }, []).blockedBy;
  assert.equal(of({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes: Insufficient memory' }] }), 'no node takes it: 0/1 nodes: Insufficient memory');
  assert.equal(of({ phase: 'Failed', containerStatuses: [{ name: 'engine', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }] }), 'container engine ended: OOMKilled (exit code 137)');
  assert.equal(of({ phase: 'Running' }), undefined);
  assert.match(podState('p', undefined, []).blockedBy ?? '', /not there/);
});

test('running: what the own courier is at, who has finished', () => {
  const { text, json } = told({
    phase: 'Running',
    deadline: at(3000),
    approvals: agreed,
    steps: [{ name: 'match', phase: 'Running', attempt: 1, startedAt: at(-90), parties: [{ party: 'a', reservedAt: at(-95) }, { party: 'b', reservedAt: at(-92), receiptAt: at(-2) }], courier: { state: 'Delivering', since: at(-3) } }],
    conditions: [condition('Ready', 'False', 'Running', 'step match, attempt 1: Delivering')],
  });
  assert.match(json.now, /^step match, attempt 1 runs since 90s; b has finished, a has not; the own courier delivers the result since 3s, until .* \(50m left\)$/);
  assert.match(text, /under way \(Running\)/);
  assert.equal(json.trouble?.remedy, undefined);
});

test('finished: receipts, result and how to fetch it', () => {
  const { text, json } = told({
    phase: 'Succeeded',
    finishedAt: at(-10),
    approvals: agreed,
    receipts: [{ step: 'match', party: 'a' }, { step: 'match', party: 'b' }],
    results: [{ step: 'match', output: 'common', location: 'result-store', rows: 3, bytes: 2048 }],
    conditions: [condition('Ready', 'True', 'Succeeded', 'finished')],
  });
  assert.equal(json.now, 'finished 10s ago; all receipts are on the ledger');
  assert.equal(json.trouble, undefined);
  assert.match(text, /receipts on the ledger: a for match, b for match/);
  assert.match(text, /match +common +3 +2\.0 KiB +result-store\nfetch with: kubectl collabnet result get common-customers/);
});

test('failed: the reason, the sentence of the ledger, and what to do', () => {
  const { text, json } = told({
    phase: 'Failed',
    finishedAt: at(-10),
    approvals: agreed,
    steps: [{ name: 'match', phase: 'Failed', attempt: 3, reason: 'OUT_OF_MEMORY', message: 'container engine needed more memory', attempts: [] }],
    conditions: [condition('Ready', 'False', 'OutOfMemory', 'container engine needed more memory'), condition('Stalled', 'True', 'OutOfMemory', 'container engine needed more memory')],
  });
  assert.match(text, /stalled \(OutOfMemory\)\n.*needed more memory\n +what to do: Raise the Helm value compute\.<container>\.limits\.memory/);
  assert.equal(json.trouble?.stalled, true);
});

test('running: how far the engine is, and how long it may take', () => {
  const progress = { phase: 'compute', percent: 40, sentBytes: 5_000_000, receivedBytes: 2048, phaseSince: at(-200), notedAt: at(-4), estimatedEnd: at(300) };
  const { json } = told({ phase: 'Running', steps: [{ name: 'train', phase: 'Running', attempt: 1, startedAt: at(-210), parties: [], courier: { state: 'Running', since: at(-205) }, progress }] });
  assert.match(json.now, /carries the traffic of the engine, which computes since 3m \(compute 40 %, 4\.8 MiB sent, 2\.0 KiB received, about 5m left\)/);
  assert.equal(json.steps[0]?.progress?.percent, 40);
});

test('an old view of the ledger is said to be one', () => {
  const task = sample('computetask') as unknown as ComputeTask;
  Object.assign(task.spec, { auditors: [], suspend: false });
  for (const step of task.spec.steps) for (const input of step.inputs) input.columns ??= [];
  const json = explanationOf(task, { status: { ledger: { height: 4, state: 'Stale', verifiedAt: at(-600) } } } as CollabNetwork, undefined, NOW);
  assert.match(explainTask(json, task, undefined, NOW), /confirmed 600 s before: too old, nothing is authorised on it/);
});

test('every failure that an attempt can end with has a remedy', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const sources = ['compute-images/courier/src', 'operator/src/controllers/compute-task'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('test') && !name.endsWith('courier-client.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );
  const codes = new Set(sources.flatMap((text) => [...text.matchAll(/(?:new CourierError\(|fault\(|\breason: )'([A-Z][A-Z_]{3,})'/g)].map(([, code = '']) => code)));
  assert.ok(codes.size > 20, [...codes].join(' '));
  for (const code of CONTRACT_ERROR_CODES) if (code.startsWith('GRANT_')) codes.add(code);
  for (const code of ['DATA_PROXY_UNREACHABLE', 'DATA_PROXY_GRANT_EXPIRED', 'ENGINE_STALLED', 'RESULT_STORE_STORE_FULL', 'WIRE_PEER_SILENT', 'RESERVATION_EXPIRED', 'DEADLINE_EXCEEDED']) codes.add(code);
  assert.deepEqual([...codes].filter((code) => remedyOf(code) === undefined), []);
  assert.equal(remedyOf('SomethingNew'), undefined);
  assert.equal(remedyOf('PeerSilent'), remedyOf('PEER_SILENT'), 'as conditions spell it');
});
