import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rotationProof, type FlowRecord, type FlowStepView } from '@collabnet/contracts';
import { TestNetwork } from '@collabnet/contracts/testing';
import type { ComputeTask } from '@collabnet/crds';
import { generateSm2KeyPair } from '@collabnet/sm';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { InstitutionKeys } from '../../institution/institution-keys.ts';
import { CORE, findCondition, type KubeObject } from '../../runtime/index.ts';
import { silentLogger, spanIdOf, TASK_SPAN, traceIdOf } from '@collabnet/telemetry';
import { OtlpReceiver, type ReceivedSpan } from '@collabnet/telemetry/testing';
import { Daemon, eventually, findBinary, freePort, TestApiServer } from '../../testing/index.ts';
import { COLLAB_NETWORK, COMPUTE_TASK } from '../kinds.ts';
import type { ComputePod } from './build/pod-fault.ts';
import { Bank, crd, NETWORK, testConfig } from './testing/bank.ts';
import { CourierResponder } from './testing/courier.ts';
import { MemoryChain } from './testing/memory-ledger.ts';
import { withdrawOpenFlows } from './withdraw.ts';

let server: TestApiServer;
let chain: MemoryChain;
let network: TestNetwork;
let a: Bank;
let b: Bank;
let receiver: OtlpReceiver;
const closing: (() => Promise<unknown>)[] = [];
const urls = new Map<string, string>();

async function natsServer(): Promise<{ url: string; connection: NatsConnection }> {
  const port = await freePort();
  const url = `nats://127.0.0.1:${port}`;
  const daemon = new Daemon('nats-server', findBinary('nats-server'), ['-a', '127.0.0.1', '-p', String(port)]);
  closing.push(() => daemon.kill());
  let connection: NatsConnection | undefined;
  await daemon.until(async () => {
    connection = await connect({ servers: url });
    return true;
  }, 10_000);
  assert.ok(connection);
  closing.unshift(() => (connection as NatsConnection).close());
  return { url, connection };
}

before(async () => {
  server = await TestApiServer.start();
  for (const plural of ['computetasks', 'collabnetworks', 'dataassets']) await server.installCrd(crd(plural));
  network = await TestNetwork.found((payload) => {
    chain = new MemoryChain(payload);
    return chain;
  });
  const peer = await network.admit('bank-b', [network.founder]);
  await network.approveAlgorithm([network.founder, peer]);
  await network.publish(network.founder);
  await network.publish(peer);
  const [natsA, natsB] = [await natsServer(), await natsServer()];
  receiver = await OtlpReceiver.start();
  closing.push(() => receiver.close());
  a = await Bank.start(server, chain, network.founder, natsA.connection, testConfig(), receiver.endpoint);
  b = await Bank.start(server, chain, peer, natsB.connection, testConfig(), receiver.endpoint);
  urls.set(a.namespace, natsA.url);
  urls.set(b.namespace, natsB.url);
});

after(async () => {
  await Promise.allSettled([a, b].map(async (bank: Bank | undefined) => bank?.stop()));
  for (const close of closing) await close().catch(() => undefined);
  await (server as TestApiServer | undefined)?.stop();
});

const taskSpec = (runID: string, change: (spec: Record<string, never>) => void = () => undefined): object => {
  const spec = {
    networkRef: { name: NETWORK },
    runID,
    purpose: 'fraud screening',
    parties: [
      { name: 'a', did: a.session.did },
      { name: 'b', did: b.session.did },
    ],
    steps: [
      {
        name: 'match',
        algorithm: { name: 'spu-psi', version: '1.0.0' },
        roles: { compute: ['a', 'b'], receivers: ['a'] },
        inputs: [
          { name: 'left', party: 'a', asset: 'bank-a/customers', keys: ['id'] },
          { name: 'right', party: 'b', asset: 'bank-b/customers', keys: ['id'] },
        ],
        outputs: [{ name: 'matched', receivers: ['a'] }],
      },
    ],
  };
  change(spec as never);
  return spec;
};

const apply = (name: string, spec: object): Promise<ComputeTask> => a.client.create<ComputeTask>(COMPUTE_TASK, { metadata: { name }, spec } as ComputeTask);
const ready = (task: ComputeTask): string | undefined => findCondition(task.status?.conditions, 'Ready')?.reason;
const flowOf = (flowId: string): Promise<FlowRecord> => network.query<FlowRecord>('flows.get', { flowId });
const stepOf = (flowId: string): Promise<FlowStepView> => network.query<FlowStepView>('flows.step', { flowId, step: 'match' });

async function approve(flowId: string, who: Bank): Promise<void> {
  const { specDigest } = await flowOf(flowId);
  await network.consent(who.institution.manager, 'Flow', { id: flowId, digest: specDigest }, { expires: Date.now() + 60_000 });
}

/** Does for a pod what a kubelet does: mounts its Secret into a courier and says that both containers run. */
async function runPod(bank: Bank, flowId: string, attempt: number): Promise<CourierResponder> {
  const name = `ct-${flowId.slice(0, 10)}-match-${attempt}`;
  await eventually(`pod ${name} in ${bank.namespace}`, () => bank.client.find(CORE.pod, name));
  const secret = await bank.client.get<KubeObject & { data: Record<string, string> }>(CORE.secret, name);
  const courier = await CourierResponder.start(urls.get(bank.namespace) ?? '', secret.data);
  closing.unshift(() => courier.close());
  courier.becomeReserved();
  const running = { ready: true, restartCount: 0, image: 'x', imageID: 'x', state: { running: { startedAt: new Date().toISOString() } } };
  await bank.client.patch(CORE.pod, name, { status: { phase: 'Running', initContainerStatuses: [{ name: 'courier', ...running }], containerStatuses: [{ name: 'engine', ...running }] } }, { strategy: 'merge', subresource: 'status' });
  return courier;
}

function assertStart({ requests }: CourierResponder, peer: string, courierKey: string): void {
  const start = requests.find((request) => request.op === 'start');
  assert.ok(start?.op === 'start');
  assert.deepEqual(start.peers.map((each) => [each.did, each.courierKey, each.institutionKey?.length]), [[peer, courierKey, 130]]);
  assert.ok(start.lease.until > Date.now() && start.lease.until <= Date.now() + 60_000);
}

function assertSucceeded(task: ComputeTask): void {
  assert.equal(ready(task), 'Succeeded');
  assert.deepEqual(task.status?.receipts?.map(({ party }) => party).sort(), ['a', 'b']);
  assert.deepEqual(task.status?.results?.map(({ output, location, rows, bytes }) => [output, location, rows, bytes]), [['matched', 'result-store', 123, 4567]]);
}

async function assertCleanedUp(bank: Bank): Promise<void> {
  await eventually('pods removed', async () => (await bank.pods()).every(({ metadata }) => metadata.deletionTimestamp !== undefined));
  await eventually('Secrets removed', async () => (await bank.client.list(CORE.secret, { labelSelector: 'collabnet.dev/task' })).length === 0);
  assert.equal(bank.users.revoked.length, 1);
}

/** Proposes and lets both managers agree. @returns the id of the flow, opened */
async function openFlow(name: string, runID: string): Promise<string> {
  await apply(name, taskSpec(runID));
  const task = await a.until(`${name} proposed`, (each) => each.metadata.name === name && each.status?.phase === 'AwaitingApproval');
  const flowId = task.status?.flowID ?? '';
  await approve(flowId, a);
  await approve(flowId, b);
  await eventually('opened', async () => (await flowOf(flowId)).state !== 'AwaitingApproval');
  return flowId;
}

const OF_EACH_PARTY = ['approve', 'confirm', 'reserve', 'start', 'prepare', 'align', 'compute', 'clean', 'settle', 'submit flows.confirm', 'submit flows.reserve', 'submit receipts.submit'];
const ATTRIBUTES = ['flow_id', 'network_id', 'party', 'step', 'attempt', 'state', 'via', 'reason', 'isolation', 'asset', 'contract', 'method', 'height'].map((word) => `collabnet.${word}`);

/** One trace of both parties, in which every span finds its parent and nothing is told that the ledger has only a commitment to. */
async function assertTrace(flowId: string, attempt: number): Promise<readonly ReceivedSpan[]> {
  const spans = (): ReceivedSpan[] => receiver.spans.filter(({ traceId }) => traceId === traceIdOf(flowId));
  const names = (service: string): string[] => spans().filter((span) => span.service === service).map(({ name }) => name);
  const wanted = [...OF_EACH_PARTY, `attempt match/${attempt}`];
  await eventually('trace of both parties', () => ['bank-a/operator', 'bank-b/operator'].every((service) => wanted.every((name) => names(service).includes(name))) && names('bank-a/operator').includes('task'));
  const byId = new Map<string, ReceivedSpan>();
  for (const span of spans()) {
    // Whoever makes a span again makes the same one.
    assert.deepEqual(span, byId.get(span.spanId) ?? span);
    byId.set(span.spanId, span);
    assert.deepEqual(Object.keys(span.attributes).filter((name) => !ATTRIBUTES.includes(name)), []);
  }
  assert.deepEqual([...byId.values()].filter(({ parent }) => parent === undefined).map(({ name, spanId }) => [name, spanId]), [['task', spanIdOf(flowId, TASK_SPAN)]]);
  assert.deepEqual([...byId.values()].filter(({ parent }) => parent !== undefined && !byId.has(parent)).map(({ name }) => name), []);
  const { reservations } = await stepOf(flowId);
  for (const { inputCommitments } of Object.values(reservations)) for (const { commitment } of inputCommitments) assert.ok(receiver.bodies.every((body) => !body.includes(commitment)));
  assert.deepEqual(receiver.faults, []);
  return spans();
}

test('a task goes from proposal to receipts, and the mirror shows it at the other party', async () => {
  await apply('screening', taskSpec('1'));
  const proposed = await a.until('proposed', (task) => task.status?.phase === 'AwaitingApproval');
  const flowId = proposed.status?.flowID ?? '';
  assert.equal(ready(proposed), 'AwaitingApproval');
  assert.ok(proposed.status?.waitingFor?.some((text) => /^b: a person with role DataManager must run: kubectl collabnet approve bank-a-screening-/.test(text)), JSON.stringify(proposed.status?.waitingFor));
  const mirror = await b.until('mirror', (task) => task.status?.flowID === flowId);
  assert.equal(mirror.metadata.name, `bank-a-screening-${flowId.slice(0, 8)}`);
  assert.equal(mirror.metadata.finalizers, undefined);
  assert.equal(mirror.status?.role, 'Party');

  await approve(flowId, a);
  await approve(flowId, b);
  const [atA, atB] = await Promise.all([runPod(a, flowId, 1), runPod(b, flowId, 1)]);
  assert.equal(atA.job.self.name, 'a');
  assert.notEqual(atA.courierKey, atB.courierKey);
  assert.equal(atB.job.outputs[0]?.capability, undefined, 'who receives nothing has no capability to deliver');

  await eventually('both started', () => [atA, atB].every(({ requests }) => requests.some(({ op }) => op === 'start')));
  assertStart(atA, b.session.did, atB.courierKey);
  await eventually('touched', async () => (await stepOf(flowId)).touched);
  await eventually('renewed', () => [atA, atB].every(({ requests }) => requests.some(({ op }) => op === 'lease')));

  atA.finish();
  atB.finish();
  const done = await a.until('succeeded', (task) => task.metadata.name === 'screening' && task.status?.phase === 'Succeeded');
  assertSucceeded(done);
  const there = await b.until('succeeded there', (task) => task.status?.flowID === flowId && task.status.phase === 'Succeeded');
  assert.deepEqual(there.status?.results, []);
  for (const bank of [a, b]) await assertCleanedUp(bank);
  await assertTrace(flowId, 1);
});

test('an attempt that fails is followed by another, which commits to the same inputs', async () => {
  const flowId = await openFlow('retried', 'retry');
  const first = await runPod(a, flowId, 1);
  await runPod(b, flowId, 1);
  await eventually('running', async () => (await flowOf(flowId)).state === 'Running');
  const frozen = (await stepOf(flowId)).reservations[a.session.did]?.inputCommitments;
  first.fail({ code: 'PEER_LOST', message: 'the peer went away', retryable: true, exchanged: true });
  await eventually('next attempt', async () => (await stepOf(flowId)).attempt === 2);
  const [second, other] = await Promise.all([runPod(a, flowId, 2), runPod(b, flowId, 2)]);
  assert.deepEqual(second.job.attempts, [{ attempt: 1, reason: 'PEER_LOST' }]);
  assert.notEqual(second.courierKey, first.courierKey);
  await eventually('running again', async () => (await flowOf(flowId)).state === 'Running');
  assert.deepEqual((await stepOf(flowId)).reservations[a.session.did]?.inputCommitments, frozen);
  second.finish();
  other.finish();
  await a.until('succeeded', (task) => task.status?.flowID === flowId && task.status.phase === 'Succeeded');
  const spans = await assertTrace(flowId, 2);
  const failed = spans.filter(({ name }) => name === 'attempt match/1');
  assert.deepEqual(new Set(failed.map(({ service, failure }) => `${service} ${failure}`)), new Set(['bank-a/operator PEER_LOST', 'bank-b/operator PEER_LOST']));
  const phase = spans.find(({ name, failure }) => name === 'compute' && failure !== undefined);
  assert.equal(phase?.parent, failed.find(({ service }) => service === 'bank-a/operator')?.spanId, 'the courier told its operator how far it came');
  assert.match(await a.metrics.registry.metrics(), /t_attempts_failed_total\{reason="PEER_LOST"\} 1/);
});

test('operators that die in the middle leave pods alone and go on where the ledger stands', async () => {
  const flowId = await openFlow('survivor', 'survivor');
  const couriers = await Promise.all([runPod(a, flowId, 1), runPod(b, flowId, 1)]);
  await eventually('running', async () => (await flowOf(flowId)).state === 'Running');
  await Promise.all([a.stop(), b.stop()]);
  const uids = (await a.pods()).map(({ metadata }) => metadata.uid);
  couriers.forEach((courier) => courier.finish());
  await Promise.all([a.operate(), b.operate()]);
  await a.until('succeeded', (task) => task.status?.flowID === flowId && task.status.phase === 'Succeeded');
  assert.equal((await stepOf(flowId)).attempt, 1);
  assert.equal(uids.length, 1);
  assert.equal((await stepOf(flowId)).receipts.length, 2);
  const spans = await assertTrace(flowId, 1);
  // The operators that came after told anew what those before had told: the same spans to the last member.
  const told = spans.filter(({ name }) => name === 'approve' || name === 'reserve');
  assert.ok(told.length > 4, String(told.length));
});

test('deleting a task cancels its flow everywhere, although nothing holds the deletion', async () => {
  const flowId = await openFlow('deleted', 'deleted');
  const courier = await runPod(b, flowId, 1);
  await a.client.delete(COMPUTE_TASK, 'deleted');
  assert.equal(await a.task('deleted'), undefined);
  await eventually('cancelled', async () => (await flowOf(flowId)).state === 'Cancelled');
  const there = await b.until('cancelled there', (task) => task.status?.flowID === flowId && task.status.phase === 'Cancelled');
  assert.equal(findCondition(there.status?.conditions as never, 'Stalled')?.status, 'True');
  await eventually('pod removed there', async () => (await b.pods()).every((pod: ComputePod) => pod.metadata.deletionTimestamp !== undefined || !pod.metadata.name.includes(flowId.slice(0, 10))));
  await courier.close();
});

test('a task beyond the places for attempts waits before it opens, and goes on when one is free', async () => {
  await a.operateWith(1);
  const first = await openFlow('queue-first', 'queue-1');
  await eventually('pod of the first', async () => (await a.pods()).some(({ metadata }) => metadata.name.includes(first.slice(0, 10))));
  await apply('queue-second', taskSpec('queue-2'));
  const proposed = await a.until('second proposed', (task) => task.metadata.name === 'queue-second' && task.status?.phase === 'AwaitingApproval');
  const second = proposed.status?.flowID ?? '';
  await approve(second, a);
  await approve(second, b);
  const queued = await a.until('second queued', (task) => task.metadata.name === 'queue-second' && ready(task) === 'Queued');
  assert.match(findCondition(queued.status?.conditions, 'Ready')?.message ?? '', /until one of 1 attempts is over.*compute\.maximumAttempts/);
  assert.equal((await flowOf(second)).state, 'AwaitingApproval', 'the time to reserve does not run yet');
  assert.equal((await a.pods()).length, 1);
  const cancel = (flowId: string): Promise<unknown> => network.send(network.founder, 'flows.cancel', { flowId, reason: 'tested' });
  await cancel(first);
  await eventually('pod of the second', async () => (await a.pods()).some(({ metadata }) => metadata.name.includes(second.slice(0, 10))));
  await cancel(second);
  await eventually('pods removed', async () => (await a.pods()).length === 0);
  await a.operateWith(16);
});

test('a mirror that is deleted comes back, one that is changed is mended', async () => {
  await apply('shown', taskSpec('shown'));
  const task = await a.until('proposed', (each) => each.metadata.name === 'shown' && each.status?.flowID !== undefined);
  const flowId = task.status?.flowID ?? '';
  const mirror = await b.until('mirror', (each) => each.status?.flowID === flowId);
  await b.client.delete(COMPUTE_TASK, mirror.metadata.name);
  const back = await b.until('back', (each) => each.metadata.name === mirror.metadata.name && each.metadata.uid !== mirror.metadata.uid);
  await b.client.patch(COMPUTE_TASK, back.metadata.name, { metadata: { labels: { 'collabnet.dev/mirror': null }, annotations: { 'collabnet.dev/flow': null } } }, { strategy: 'merge' });
  await b.until('mended', (each) => each.metadata.name === mirror.metadata.name && each.metadata.labels?.['collabnet.dev/mirror'] === 'true' && each.metadata.annotations?.['collabnet.dev/flow'] === flowId);
  const flows = await network.query<{ items: FlowRecord[] }>('flows.list', { party: b.session.did });
  assert.ok(flows.items.every(({ proposer }) => proposer === a.session.did), 'a mirror without its label proposes nothing');
  await a.client.delete(COMPUTE_TASK, 'shown');
  await eventually('cancelled', async () => (await flowOf(flowId)).state === 'Cancelled');
});

/** Sets what tasks may use at an institution, by proposer. */
const setQuotas = (bank: Bank, quotas: object | null): Promise<unknown> => bank.client.patch(COLLAB_NETWORK, NETWORK, { spec: { quotas } }, { strategy: 'merge' });
const podAt = (bank: Bank, flowId: string): Promise<unknown> => eventually('pod at ' + bank.namespace, async () => (await bank.pods()).some(({ metadata }) => metadata.name.includes(flowId.slice(0, 10))));
const cancelBy = (bank: Bank, flowId: string): Promise<unknown> => network.send(bank.institution, 'flows.cancel', { flowId, reason: 'tested' });

/** A task of bank b that both managers have agreed to. @returns the id of its flow */
async function agreedOfB(name: string): Promise<string> {
  await b.client.create<ComputeTask>(COMPUTE_TASK, { metadata: { name }, spec: taskSpec(name) } as ComputeTask);
  const task = await b.until(`${name} proposed`, (each) => each.metadata.name === name && each.status?.phase === 'AwaitingApproval');
  const flowId = task.status?.flowID ?? '';
  await a.until(`${name} shown`, (each) => each.status?.flowID === flowId);
  await approve(flowId, a);
  await approve(flowId, b);
  return flowId;
}

/** The view of a flow at bank a, which waits for a quota. @returns what its condition says */
async function overQuota(flowId: string): Promise<string> {
  const task = await a.until('over its quota', (each) => each.status?.flowID === flowId && ready(each) === 'QuotaExceeded');
  assert.equal(findCondition(task.status?.conditions, 'Stalled'), undefined);
  return findCondition(task.status?.conditions, 'Ready')?.message ?? '';
}

test('one proposer beyond its quota waits, another goes on with a lower priority, and a restart changes nothing', async () => {
  await a.operateWith(2);
  await setQuotas(a, { proposers: [{ did: b.session.did, runningAttempts: 1 }] });
  const first = await agreedOfB('quota-first');
  await podAt(a, first);
  const second = await agreedOfB('quota-second');
  const view = await a.until('view', (each) => each.status?.flowID === second);
  await a.client.patch(COMPUTE_TASK, view.metadata.name, { spec: { priority: 'High' } }, { strategy: 'merge' });
  const message = await overQuota(second);
  assert.ok(message.startsWith(`quota runningAttempts of ${b.session.did} is used up: 1 of 1 attempts run here or are about to`), message);
  assert.match(message, /cluster administrator of this institution raises it \(spec\.quotas of CollabNetwork net\)/);
  const own = await openFlow('quota-own', 'quota-own');
  await podAt(a, own);
  await eventually('event', async () => (await a.client.list<KubeObject & { reason?: string }>(CORE.event)).some(({ reason }) => reason === 'QuotaExceeded'));
  assert.match(await a.metrics.registry.metrics(), /t_reconcile_total\{[^}]*reason="QuotaExceeded"\} [1-9]/);
  await a.operateWith(2);
  await a.client.patch(COMPUTE_TASK, view.metadata.name, { spec: { priority: 'Normal' } }, { strategy: 'merge' });
  await a.until('judged anew', (each) => each.status?.flowID === second && each.status.observedGeneration === each.metadata.generation && ready(each) === 'QuotaExceeded');
  assert.equal((await flowOf(second)).state, 'AwaitingApproval');
  await cancelBy(b, first);
  await podAt(a, second);
  await cancelBy(b, second);
  await cancelBy(a, own);
  await setQuotas(a, null);
  await a.operateWith(16);
});

test('tasks beyond the quota of open ones: an own one is proposed when there is room, one of another opens then', async () => {
  const open = await network.query<{ items: FlowRecord[] }>('flows.list', { party: a.session.did, open: true });
  const own = open.items.filter(({ proposer }) => proposer === a.session.did).length;
  await setQuotas(a, { own: { openTasks: own + 1 }, others: { openTasks: 1 } });
  await apply('open-first', taskSpec('open-first'));
  const first = await a.until('first proposed', (each) => each.metadata.name === 'open-first' && each.status?.phase === 'AwaitingApproval');
  const before = chain.height;
  await apply('open-second', taskSpec('open-second'));
  const waiting = await a.until('second waits', (each) => each.metadata.name === 'open-second' && ready(each) === 'QuotaExceeded');
  assert.equal(waiting.status?.phase, 'Initialized');
  assert.match(findCondition(waiting.status.conditions, 'Ready')?.message ?? '', new RegExp(`^quota openTasks of ${a.session.did} is used up: ${own + 1} of ${own + 1} tasks`));
  assert.equal(chain.height, before, 'nothing of it is on the ledger');
  await cancelBy(a, first.status?.flowID ?? '');
  const second = await a.until('second proposed', (each) => each.metadata.name === 'open-second' && each.status?.phase === 'AwaitingApproval');
  await cancelBy(a, second.status?.flowID ?? '');

  const older = await agreedOfB('open-older');
  await eventually('older opened', async () => (await flowOf(older)).state === 'Pending');
  const newer = await agreedOfB('open-newer');
  assert.match(await overQuota(newer), /quota openTasks .*: 1 of 1 tasks that go first are open/);
  await cancelBy(b, older);
  await podAt(a, newer);
  await cancelBy(b, newer);
  await setQuotas(a, null);
});

test('a quota that is lowered ends nothing that runs, and the next attempt waits for its pod', async () => {
  const flowId = await agreedOfB('quota-lowered');
  const [atA] = await Promise.all([runPod(a, flowId, 1), runPod(b, flowId, 1)]);
  await eventually('running', async () => (await flowOf(flowId)).state === 'Running');
  await setQuotas(a, { others: { runningAttempts: 0 } });
  atA.fail({ code: 'PEER_LOST', message: 'the peer went away', retryable: true, exchanged: true });
  assert.match(await overQuota(flowId), /quota runningAttempts .*: \d+ of 0 attempts run here/);
  assert.deepEqual([(await flowOf(flowId)).state, (await stepOf(flowId)).attempt], ['Pending', 2]);
  await setQuotas(a, { others: { runningAttempts: 1 } });
  const [second, other] = await Promise.all([runPod(a, flowId, 2), runPod(b, flowId, 2)]);
  await eventually('running again', async () => (await flowOf(flowId)).state === 'Running');
  [second, other].forEach((courier) => courier.finish());
  await a.until('succeeded', (task) => task.status?.flowID === flowId && task.status.phase === 'Succeeded');
  await setQuotas(a, null);
});

test('seconds computed in a day are the ledger\'s: neither a restart nor deleted tasks make them fewer', async () => {
  const ran = await agreedOfB('seconds-ran');
  const couriers = await Promise.all([runPod(a, ran, 1), runPod(b, ran, 1)]);
  await eventually('running', async () => (await flowOf(ran)).state === 'Running');
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  couriers.forEach((courier) => courier.finish());
  const done = await a.until('succeeded', (task) => task.status?.flowID === ran && task.status.phase === 'Succeeded');
  await a.client.delete(COMPUTE_TASK, done.metadata.name);
  await b.client.delete(COMPUTE_TASK, 'seconds-ran');
  await setQuotas(a, { proposers: [{ did: b.session.did, computeSecondsPerDay: 1 }] });
  await a.operateWith(16);
  const next = await agreedOfB('seconds-next');
  assert.match(await overQuota(next), /quota computeSecondsPerDay .*: [2-9]\d* of 1 seconds were computed here in the last 24 hours/);
  await setQuotas(a, { proposers: [{ did: b.session.did, computeSecondsPerDay: 3600 }] });
  const view = await a.until('view', (each) => each.status?.flowID === next);
  await a.client.patch(COMPUTE_TASK, view.metadata.name, { spec: { priority: 'Low' } }, { strategy: 'merge' });
  await podAt(a, next);
  await cancelBy(b, next);
  await setQuotas(a, null);
});

test('faults of a spec are named by field before anything is proposed', async () => {
  const before = chain.height;
  await apply('faulty', taskSpec('faulty', (spec) => {
    const { steps, parties } = spec as unknown as { steps: { inputs: { asset: string; keys: string[] }[] }[]; parties: { did: string }[] };
    const [left, right] = steps[0]?.inputs ?? [];
    if (left !== undefined) left.keys = ['nothing'];
    if (right !== undefined) right.asset = 'bank-b/none';
    if (parties[1] !== undefined) parties[1].did = parties[1].did.replace('bank-b', 'bank-x');
  }));
  const task = await a.until('stalled', (each) => each.metadata.name === 'faulty' && findCondition(each.status?.conditions, 'Stalled') !== undefined);
  const { reason, message } = findCondition(task.status?.conditions, 'Stalled') ?? {};
  assert.equal(reason, 'UnknownParty');
  assert.match(message ?? '', /spec\.parties\[1\]\.did: .*bank-x.*; spec\.steps\[0\]\.inputs\[0\]\.keys\[0\]: .*no column nothing.*; spec\.steps\[0\]\.inputs\[1\]\.asset: bank-b\/none/);
  assert.equal(chain.height, before);
});

test('an unreachable ledger is waited for, and a lost object adopts its flow again', async () => {
  chain.unreachable = true;
  await apply('patient', taskSpec('patient'));
  const waiting = await a.until('waiting', (each) => each.metadata.name === 'patient' && ready(each) === 'LedgerStale');
  assert.equal(findCondition(waiting.status?.conditions as never, 'Stalled'), undefined);
  chain.unreachable = false;
  const proposed = await a.until('proposed', (each) => each.metadata.name === 'patient' && each.status?.phase === 'AwaitingApproval');
  const flowId = proposed.status?.flowID ?? '';
  await network.consent(b.institution.manager, 'Flow', { id: flowId, digest: (await flowOf(flowId)).specDigest }, { decision: 'Refuse', expires: Date.now() + 60_000 });
  const refused = await a.until('refused', (each) => each.metadata.name === 'patient' && each.status?.phase === 'ApprovalReject');
  assert.equal(ready(refused), 'ApprovalRefused');
  await a.client.delete(COMPUTE_TASK, 'patient');
  await eventually('gone', async () => (await a.task('patient')) === undefined);
  await apply('patient', taskSpec('patient'));
  const adopted = await a.until('adopted', (each) => each.metadata.name === 'patient' && each.status?.phase === 'ApprovalReject');
  assert.equal(adopted.status?.flowID, flowId);
});

test('a lost pod fails its attempt; a withdrawing institution gives up every open flow', async () => {
  const flowId = await openFlow('lost', 'lost');
  await runPod(b, flowId, 1);
  await runPod(a, flowId, 1);
  await eventually('running', async () => (await flowOf(flowId)).state === 'Running');
  await a.client.delete(CORE.pod, `ct-${flowId.slice(0, 10)}-match-1`, { gracePeriodSeconds: 0 });
  await eventually('next attempt', async () => (await stepOf(flowId)).attempt === 2);
  // Seen while it was being deleted, or not before it was gone.
  assert.match((await stepOf(flowId)).attempts[0]?.reason ?? '', /^POD_(LOST|DELETED)$/);
  assert.ok((await withdrawOpenFlows(b.session, silentLogger())) >= 1);
  assert.equal((await flowOf(flowId)).state, 'Cancelled');
});

/** As the operator rotates: the new key is held before the ledger has it. */
async function rotateKeyOf({ session, institution }: Bank): Promise<void> {
  const [old, next] = [institution.keys, generateSm2KeyPair()];
  const keys = { sign: next, agree: institution.agree };
  session.useKeys(new InstitutionKeys({ sign: old, agree: institution.agree, pending: new InstitutionKeys(keys) }));
  const proof = rotationProof(next.privateKey, session.networkId, session.did, next.publicKey);
  await session.submit({ kind: 'Identity', contract: 'identity', method: 'rotateKey', public: { newSignKey: next.publicKey, proof } });
  session.useKeys(new InstitutionKeys(keys));
  Object.assign(institution, { keys: next });
}

test('a key rotated after the reservation does not disturb the attempt: its peer checks it by the key of then', async () => {
  const flowId = await openFlow('rotated', 'rotated');
  const first = await runPod(a, flowId, 1);
  await eventually('reserved', async () => (await stepOf(flowId)).reservations[a.session.did] !== undefined);
  const keyOfThen = a.institution.keys.publicKey;
  await rotateKeyOf(a);
  const peer = await runPod(b, flowId, 1);
  await eventually('both started', () => [first, peer].every(({ requests }) => requests.some(({ op }) => op === 'start')));
  const start = peer.requests.find((request) => request.op === 'start');
  assert.equal(start?.op === 'start' ? start.peers[0]?.institutionKey : undefined, keyOfThen);
  first.finish();
  peer.finish();
  await a.until('succeeded', (task) => task.status?.flowID === flowId && task.status.phase === 'Succeeded');
  assert.equal((await stepOf(flowId)).attempts.length, 0);
});

test('an attempt that was prepared under a key of before its rotation is made again under the new one', async () => {
  const flowId = await openFlow('too-late', 'too-late');
  await eventually('prepared', () => a.client.find(CORE.secret, `ct-${flowId.slice(0, 10)}-match-1`));
  await rotateKeyOf(a);
  await runPod(a, flowId, 1);
  await eventually('next attempt', async () => (await stepOf(flowId)).attempt === 2);
  const [{ reason } = { reason: '' }] = (await stepOf(flowId)).attempts;
  assert.equal(reason, 'KEY_ROTATED');
  const couriers = await Promise.all([runPod(a, flowId, 2), runPod(b, flowId, 2)]);
  await eventually('running', async () => (await flowOf(flowId)).state === 'Running');
  couriers.forEach((courier) => courier.finish());
  await a.until('succeeded', (task) => task.status?.flowID === flowId && task.status.phase === 'Succeeded');
});
