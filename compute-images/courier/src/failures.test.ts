import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { Federation } from '@collabnet/messaging/testing/federation';
import { eventually } from '@collabnet/messaging/testing/nats-process';
import type { CourierFailure } from '@collabnet/wire';
import { TestParty } from './testing/test-party.ts';
import type { PartyOptions } from './testing/test-party.ts';
import type { Record } from './testing/test-doors.ts';

const rows = Array.from({ length: 50 }, (_unused, n): Record => [`id-${n}`, `note ${n}`]);
const base: PartyOptions = { name: 'alpha', columns: ['id', 'note'], rows, keys: ['id'], payload: ['note'], operator: 'Intersection', receivers: ['alpha'] };

describe('what goes wrong with one courier', () => {
  let federation: Federation;
  let peer: TestParty;
  const parties: TestParty[] = [];
  before(async () => {
    federation = await Federation.start();
    peer = await TestParty.prepare(federation, federation.b, { ...base, name: 'beta' });
  });
  // All have the subjects of one attempt: none may answer for the next.
  afterEach(async () => {
    await Promise.all(parties.splice(0).map((party) => party.stop()));
  });
  after(async () => {
    await peer.stop();
    await federation.stop();
  });

  async function launch(options: Partial<PartyOptions> = {}, prepare?: (party: TestParty) => void): Promise<TestParty> {
    const party = await TestParty.prepare(federation, federation.a, { ...base, ...options });
    parties.push(party);
    prepare?.(party);
    await party.mount(peer);
    await party.pretendReady();
    party.startCourier();
    return party;
  }

  /** Waits for the failure, releases, stops; what was held must be gone. */
  async function failureOf(party: TestParty): Promise<CourierFailure | undefined> {
    const { failure } = await party.until('Failed');
    assert.ok(existsSync(join(party.work, 'engine/abort')), 'the engine is told to end');
    assert.equal(await party.ready(), 503);
    assert.deepEqual(await party.terminationLog(), { failure });
    assert.ok((await party.ask({ op: 'release' })).ok);
    await eventually(() => !existsSync(join(party.work, 'in')));
    party.courier?.kill('SIGTERM');
    await eventually(() => party.courier?.exitCode === 0, 15_000);
    return failure;
  }

  test('the data proxy refuses', async () => {
    const party = await launch({}, (each) => (each.doors.faults.refuseRead = { status: 403, code: 'GRANT_REVOKED' }));
    assert.deepEqual(await failureOf(party), { code: 'DATA_PROXY_GRANT_REVOKED', message: 'refused', retryable: false, exchanged: false });
  });

  test('the stream of the data proxy is cut', async () => {
    const party = await launch({ rows: Array.from({ length: 30_000 }, (_unused, n): Record => [`id-${n}`, null]) }, (each) => (each.doors.faults.cutAfterBatches = 1));
    const failure = await failureOf(party);
    assert.deepEqual([failure?.code, failure?.retryable], ['DATA_PROXY_STREAM', true]);
  });

  test('a cut stream is told with the reason in the record of the read', async () => {
    const many = Array.from({ length: 30_000 }, (_unused, n): Record => [`id-${n}`, null]);
    const party = await launch({ rows: many }, (each) => Object.assign(each.doors.faults, { cutAfterBatches: 1, cutOutcome: 'GRANT_REVOKED' }));
    const failure = await failureOf(party);
    assert.deepEqual([failure?.code, failure?.retryable], ['DATA_PROXY_GRANT_REVOKED', false]);
  });

  test('the node confines the engine less than the institution demands', async () => {
    const party = await launch({ minimumIsolation: 'Files' });
    const failure = await failureOf(party);
    assert.deepEqual([failure?.code, failure?.retryable, failure?.exchanged], ['ISOLATION_TOO_WEAK', false, false]);
    assert.match(failure?.message ?? '', /Landlock ABI 0, which is less than Files; .*compute\.minimumIsolation/);
  });

  test('too few different keys', async () => {
    const party = await launch({ rows: Array.from({ length: 50 }, (_unused, n): Record => [`id-${n % 9}`, null]) });
    assert.equal((await failureOf(party))?.code, 'INPUT_BELOW_MINIMUM');
  });

  test('a join over repeated keys, said before anything is exchanged', async () => {
    const party = await launch({ operator: 'Join', rows: [...rows, ['id-3', 'again'], ['id-4', null], [null, null], [null, null]] });
    const failure = await failureOf(party);
    assert.deepEqual([failure?.code, failure?.retryable, failure?.exchanged], ['INPUT_KEYS_REPEATED', false, false]);
    assert.match(failure?.message ?? '', /inputs.left: 2 rows repeat the key/);
  });

  test('the peer never comes', async () => {
    const party = await launch({ handshakeSeconds: 1 });
    await party.until('Reserved');
    assert.ok((await party.start(peer)).ok);
    const failure = await failureOf(party);
    assert.deepEqual([failure?.code, failure?.retryable, failure?.exchanged], ['PEER_HANDSHAKE_TIMEOUT', true, false]);
  });

  test('the lease lapses, but not while it is renewed', async () => {
    const party = await launch();
    await party.until('Reserved');
    const begun = Date.now();
    assert.ok((await party.start(peer, 700)).ok);
    assert.ok((await party.ask({ op: 'lease', until: begun + 2_000 })).ok);
    assert.ok((await party.ask({ op: 'lease', until: begun + 100 })).ok, 'an older answer shortens nothing');
    assert.equal((await failureOf(party))?.code, 'LEASE_LAPSED');
    assert.ok(Date.now() - begun >= 1_900);
  });

  test('aborted; what is out of order is refused', async () => {
    const party = await launch();
    const reserved = await party.until('Reserved');
    assert.equal(reserved.reserved?.courierKey, party.attempt.publicKey);
    assert.equal(reserved.reserved?.isolation, 'no-new-privs+seccomp');
    assert.deepEqual(await party.ask({ op: 'release' }).then((reply) => reply.ok), false);
    assert.deepEqual(await party.ask({ op: 'lease', until: Date.now() }).then((reply) => reply.ok), false);
    const wrong = await party.start(party);
    assert.deepEqual(wrong.ok ? undefined : wrong.error.code, 'INVALID_ARGUMENT');
    await party.ask({ op: 'abort', reason: 'the grant was withdrawn' });
    const failure = await failureOf(party);
    assert.deepEqual([failure?.code, failure?.message], ['ABORTED', 'the grant was withdrawn']);
  });

  test('the deadline ends it without a release', async () => {
    const party = await launch({ deadlineMs: 4_000 });
    await eventually(() => existsSync(join(party.work, 'courier/released')), 15_000);
    assert.equal(((await party.terminationLog()) as { failure: CourierFailure }).failure.code, 'DEADLINE');
    await eventually(() => !existsSync(join(party.work, 'in')));
  });

  test('a restart ends the attempt', async () => {
    const party = await launch();
    await party.until('Reserved');
    const killed = new Promise((resolve) => party.courier?.once('exit', resolve));
    party.courier?.kill('SIGKILL');
    await killed;
    party.startCourier();
    const failure = await failureOf(party);
    assert.deepEqual([failure?.code, failure?.retryable], ['COURIER_RESTARTED', true]);
  });
});
