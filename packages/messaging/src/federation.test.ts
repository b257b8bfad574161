import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { askAttempt, requestJson } from './request.ts';
import {
  attemptControlSubject,
  dataSubject,
  headsSubject,
  invitationInbox,
  invitationLedgerSubject,
  ledgerEventsSubject,
  ledgerHostSubject,
  ledgerSubject,
  memberInbox,
  parseLedgerSubject,
} from './subjects.ts';
import { RawLeaf } from './testing/raw-leaf.ts';
import { A, B, Federation, NET, OTHER_NET } from './testing/federation.ts';
import { eventually } from './testing/nats-process.ts';
import { epochSeconds } from './trust.ts';

const HOSTILE = 'dddddddddddddddd';
const QUIET_MS = 400;
const ATTEMPT = { net: NET, task: '00112233445566778899aabbccddeeff', attempt: 'intersect-1' };
const FOREIGN = { ...ATTEMPT, attempt: 'intersect-2' };
const FAST = { timeoutMs: 1_000, retries: 3 };
const ONCE = { timeoutMs: 500, retries: 0 };

/** Collects what arrives, and the error a refused subscription ends with. */
function listen(connection: NatsConnection, subject: string): { messages: Msg[]; errors: string[] } {
  const heard = { messages: [] as Msg[], errors: [] as string[] };
  connection.subscribe(subject, {
    callback: (error, message) => {
      if (error) heard.errors.push(error.message);
      else heard.messages.push(message);
    },
  });
  return heard;
}

/** Errors the server reports on this connection (a refused publish is only seen here). */
function violations(connection: NatsConnection): string[] {
  const seen: string[] = [];
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') seen.push(status.error.message);
  })();
  return seen;
}

async function publishUntil(connection: NatsConnection, subject: string, arrived: () => boolean): Promise<void> {
  await eventually(async () => {
    connection.publish(subject, 'probe');
    await connection.flush();
    await delay(50);
    return arrived();
  });
}

describe('two institutions over a hub', () => {
  let net: Federation;
  let host: NatsConnection;
  const served: string[] = [];

  before(async () => {
    net = await Federation.start();
    host = await net.connect(net.hubUrl, net.hub.ledgerHost(NET).creds, memberInbox(NET, 'ledger'));
    host.subscribe(ledgerHostSubject(NET), {
      callback: (_error, message) => {
        served.push(message.subject);
        message.respond(JSON.stringify({ ok: true, ...parseLedgerSubject(message.subject) }));
      },
    });
    await host.flush();
  });
  after(() => net.stop());

  it('carries a frame from courier to courier once, on the data leaf only', async () => {
    const [a, b] = [await net.courier(net.a, [B], ATTEMPT), await net.courier(net.b, [A], ATTEMPT)];
    const heard = listen(b, dataSubject(ATTEMPT, A, B));
    await b.flush();
    await publishUntil(a, dataSubject(ATTEMPT, A, B), () => heard.messages.length > 0);
    await delay(QUIET_MS);
    const before = heard.messages.length;
    for (let frame = 0; frame < 100; frame += 1) a.publish(dataSubject(ATTEMPT, A, B), `frame-${frame}`);
    await eventually(() => heard.messages.length - before >= 100);
    await delay(QUIET_MS);
    assert.deepEqual(
      heard.messages.slice(before).map((message) => message.string()),
      Array.from({ length: 100 }, (_, frame) => `frame-${frame}`),
    );
    for (const { output } of [net.hubProcess, net.a.process, net.b.process])
      assert.doesNotMatch(output, /loop detected|duplicate/i);
  });

  it('refuses a courier everything but its own attempt and direction', async () => {
    const a = await net.courier(net.a, [B], ATTEMPT);
    const errors = violations(a);
    const refused = [
      dataSubject(FOREIGN, A, B),
      dataSubject(ATTEMPT, B, A),
      dataSubject(ATTEMPT, A, 'cccccccccccccccc'),
      ledgerSubject(NET, A, 'submit'),
      attemptControlSubject(ATTEMPT),
    ];
    for (const subject of refused) a.publish(subject, 'x');
    await eventually(() => errors.length >= refused.length);
    const subscriptions = [
      dataSubject(FOREIGN, B, A),
      dataSubject(ATTEMPT, A, B),
      attemptControlSubject(FOREIGN),
      `${memberInbox(NET, A)}.>`,
      '>',
    ].map((subject) => listen(a, subject));
    await eventually(() => subscriptions.every(({ errors: [error] }) => /permissions violation/i.test(error ?? '')));
  });

  it('holds a member to its own name even when its whole server is hostile', async () => {
    const leaf = net.hub.leafUsers(NET, HOSTILE);
    await assert.rejects(net.connect(net.hubUrl, leaf.data.creds, memberInbox(NET, A)), { code: 'CONNECT_FAILED' });
    const b = await net.courier(net.b, [A], ATTEMPT);
    const heard = listen(b, dataSubject(ATTEMPT, A, B));
    await b.flush();
    const ledgerBefore = served.length;
    for (const [user, subject] of [
      [leaf.data, dataSubject(ATTEMPT, A, B)],
      [leaf.data, ledgerSubject(NET, A, 'submit')],
      [leaf.data, dataSubject({ ...ATTEMPT, net: OTHER_NET }, HOSTILE, B)],
      [leaf.data, attemptControlSubject(ATTEMPT)],
      [leaf.control, ledgerSubject(NET, A, 'submit')],
      [leaf.control, invitationLedgerSubject(NET, 'x', 'join')],
      [leaf.control, `${memberInbox(NET, B)}.forged`],
      [leaf.control, ledgerEventsSubject(NET)],
    ] as const) {
      const hostile = await RawLeaf.connect(net.hubLeafPort, user);
      assert.ok(!hostile.closed, 'the leaf user itself is accepted');
      hostile.publish(subject, 'forged');
      await eventually(() => hostile.closed);
      assert.match(hostile.received, /Permissions Violation for Publish/i);
    }
    assert.equal(heard.messages.length, 0);
    assert.equal(served.length, ledgerBefore);
  });

  it('hands a hostile leaf nothing that is addressed to others, whatever it subscribes to', async () => {
    const leaf = net.hub.leafUsers(NET, HOSTILE);
    const a = await net.courier(net.a, [B], ATTEMPT);
    const b = await net.courier(net.b, [A], ATTEMPT);
    const operator = await net.operator(net.a, 'control');
    const heard = listen(b, dataSubject(ATTEMPT, A, B));
    const hostile = [
      await RawLeaf.connect(net.hubLeafPort, leaf.data),
      await RawLeaf.connect(net.hubLeafPort, leaf.control),
    ];
    for (const spy of hostile) {
      for (const subject of ['>', `data.${NET}.>`, `data.${NET}.*.*.*.*`, `inbox.${NET}.>`, `ledger.${NET}.>`]) {
        spy.subscribe(subject);
        spy.subscribe(subject, 'thieves');
      }
    }
    await delay(QUIET_MS);
    await publishUntil(a, dataSubject(ATTEMPT, A, B), () => heard.messages.length > 0);
    await requestJson(operator, ledgerSubject(NET, A, 'head'), {}, FAST);
    await delay(QUIET_MS);
    const before = heard.messages.length;
    for (let frame = 0; frame < 50; frame += 1) a.publish(dataSubject(ATTEMPT, A, B), 'secret');
    await eventually(() => heard.messages.length - before === 50);
    // The spies are alive and subscribed: what is addressed to their own member does reach them.
    // (A literal subscription draws the frames to the hub; nats-server does not pass on wildcards that overlap the
    // publisher's own wildcard permission.)
    const draw = await RawLeaf.connect(net.hubLeafPort, leaf.data);
    draw.subscribe(dataSubject(ATTEMPT, A, HOSTILE));
    const toHostile = await net.courier(net.a, [HOSTILE], ATTEMPT);
    await publishUntil(toHostile, dataSubject(ATTEMPT, A, HOSTILE), () => hostile[0]?.delivered().length !== 0);
    assert.deepEqual([...new Set(hostile[0]?.delivered())], [dataSubject(ATTEMPT, A, HOSTILE)]);
    assert.deepEqual(hostile[1]?.delivered(), []);
    assert.ok(hostile.every(({ closed }) => !closed));
    for (const spy of [...hostile, draw]) spy.end();
    const literal = await RawLeaf.connect(net.hubLeafPort, leaf.data);
    literal.subscribe(dataSubject(ATTEMPT, A, B));
    await eventually(() => literal.closed);
    assert.match(literal.received, /Permissions Violation for Subscription/i);
  });

  it('asks the ledger across the control leaf and hears announcements and heads', async () => {
    const [a, b] = [await net.operator(net.a, 'control'), await net.operator(net.b, 'control')];
    assert.deepEqual(await requestJson(a, ledgerSubject(NET, A, 'head'), {}, FAST), {
      ok: true,
      net: NET,
      from: A,
      operation: 'head',
    });
    assert.deepEqual(await requestJson(b, ledgerSubject(NET, B, 'submit'), {}, FAST), {
      ok: true,
      net: NET,
      from: B,
      operation: 'submit',
    });
    const [events, heads] = [listen(a, ledgerEventsSubject(NET)), listen(a, headsSubject(NET))];
    await a.flush();
    await publishUntil(host, ledgerEventsSubject(NET), () => events.messages.length > 0);
    await publishUntil(b, headsSubject(NET, B), () => heads.messages.length > 0);
    assert.ok(heads.messages.every(({ subject }) => subject === headsSubject(NET, B)));
  });

  it('refuses an operator to speak as another member or to use a join subject', async () => {
    const a = await net.operator(net.a, 'control');
    for (const subject of [
      ledgerSubject(NET, B, 'submit'),
      ledgerSubject(OTHER_NET, A, 'head'),
      invitationLedgerSubject(NET, 'x', 'join'),
    ]) {
      await assert.rejects(requestJson(a, subject, {}, ONCE), { code: 'PERMISSION_DENIED' });
    }
    const heard = [listen(a, ledgerHostSubject(NET)), listen(a, `${memberInbox(NET, B)}.>`)];
    await eventually(() => heard.every(({ errors }) => errors.length > 0));
  });

  it('keeps networks apart: a network whose leaf is absent reaches nobody', async () => {
    const other = await net.operator(net.a, 'control', OTHER_NET);
    const before = served.length;
    await assert.rejects(requestJson(other, ledgerSubject(OTHER_NET, A, 'head'), {}, ONCE), { code: 'NO_RESPONDERS' });
    await assert.rejects(requestJson(other, ledgerSubject(NET, A, 'head'), {}, ONCE), { code: 'PERMISSION_DENIED' });
    assert.equal(served.length, before);
  });

  it('lets a data proxy read the ledger and nothing else', async () => {
    const proxy = await net.connect(
      net.a.url,
      net.a.nats.ledgerClient(NET, A, 'data-proxy').creds,
      memberInbox(NET, A, 'data-proxy'),
    );
    assert.deepEqual(await requestJson(proxy, ledgerSubject(NET, A, 'blocks'), {}, FAST), {
      ok: true,
      net: NET,
      from: A,
      operation: 'blocks',
    });
    await assert.rejects(requestJson(proxy, ledgerSubject(NET, A, 'submit'), {}, ONCE), { code: 'PERMISSION_DENIED' });
    const inboxes = listen(proxy, `${memberInbox(NET, A)}.>`);
    await eventually(() => inboxes.errors.length > 0);
  });

  it('lets the operator ask a courier, locally only', async () => {
    const [operator, courier] = [await net.operator(net.a, 'data'), await net.courier(net.a, [B], ATTEMPT)];
    courier.subscribe(attemptControlSubject(ATTEMPT), {
      callback: (_error, message) => void message.respond('{"state":"Running"}'),
    });
    await courier.flush();
    assert.deepEqual(await askAttempt(operator, ATTEMPT, { op: 'status' }, FAST), {
      state: 'Running',
    });
    const elsewhere = await net.operator(net.b, 'data');
    await assert.rejects(askAttempt(elsewhere, ATTEMPT, { op: 'abort' }, ONCE), {
      code: 'NO_RESPONDERS',
    });
    const alone = await net.courier(net.b, [], ATTEMPT);
    alone.subscribe(attemptControlSubject(ATTEMPT), {
      callback: (_error, message) => void message.respond('{"state":"Alone"}'),
    });
    await alone.flush();
    assert.deepEqual(await askAttempt(elsewhere, ATTEMPT, {}, FAST), { state: 'Alone' });
    const errors = violations(alone);
    alone.publish(dataSubject(ATTEMPT, B, A), 'x');
    await eventually(() => errors.length > 0);
  });

  it('lets the holder of an invitation join and read, and refuses an expired one', async () => {
    const id = 'f00dfeed';
    const invited = await net.connect(
      net.hubUrl,
      net.hub.invitation(NET, id, epochSeconds() + 60).creds,
      invitationInbox(NET, id),
    );
    for (const operation of ['join', 'blocks', 'head'] as const) {
      const reply = await requestJson(invited, invitationLedgerSubject(NET, id, operation), {}, FAST);
      assert.deepEqual(reply, { ok: true, net: NET, from: `invite-${id}`, operation });
    }
    for (const subject of [
      ledgerSubject(NET, A, 'head'),
      invitationLedgerSubject(NET, 'another', 'join'),
      `ledger.${NET}.invite-${id}.submit`,
      dataSubject(ATTEMPT, A, B),
    ]) {
      await assert.rejects(requestJson(invited, subject, {}, ONCE), { code: 'PERMISSION_DENIED' });
    }
    const heard = [
      listen(invited, ledgerEventsSubject(NET)),
      listen(invited, `inbox.${NET}.>`),
      listen(invited, 'data.>'),
    ];
    await eventually(() => heard.every(({ errors }) => errors.length > 0));
    const expired = net.hub.invitation(NET, id, epochSeconds() - 5);
    await assert.rejects(net.connect(net.hubUrl, expired.creds, invitationInbox(NET, id)), { code: 'CONNECT_FAILED' });
  });

  it('ends a courier when its user expires', async () => {
    const user = net.a.nats.courier(ATTEMPT, A, [B], epochSeconds() + 2);
    const courier = await net.connect(net.a.url, user.creds, `attempt-inbox.${NET}.${ATTEMPT.task}.${ATTEMPT.attempt}`);
    const started = Date.now();
    await courier.closed();
    assert.ok(Date.now() - started < 8_000);
    // Expiry counts whole seconds: within the last one the server still lets the user in.
    await delay(1_100);
    await assert.rejects(net.connect(net.a.url, user.creds, 'attempt-inbox.x'), { code: 'CONNECT_FAILED' });
  });

  it('throws a revoked courier out within two seconds and leaves the others alone', async () => {
    const user = net.a.nats.courier(ATTEMPT, A, [B], epochSeconds() + 600);
    const courier = await net.connect(net.a.url, user.creds, 'attempt-inbox.x');
    const bystander = await net.courier(net.a, [B], FOREIGN);
    const system = await net.system(net.a.url, net.a.nats);
    assert.deepEqual(await net.a.nats.reconcile(system), [], 'nothing to push before the revocation');
    const disconnected = (async () => {
      for await (const status of courier.status()) if (status.type === 'disconnect' || status.type === 'close') return;
    })();
    net.a.nats = net.a.nats.revoke(NET, 'data', user.publicKey, epochSeconds());
    const started = Date.now();
    assert.deepEqual(await net.a.nats.reconcile(system), [net.a.nats.accountPublicKey(NET, 'data')]);
    await disconnected;
    assert.ok(Date.now() - started < 2_000, `took ${Date.now() - started} ms`);
    await assert.rejects(net.connect(net.a.url, user.creds, 'attempt-inbox.x'), { code: 'CONNECT_FAILED' });
    assert.ok(!bystander.isClosed() && bystander.stats().inBytes >= 0);
    await bystander.flush();
    assert.deepEqual(await net.a.nats.reconcile(system), [], 'a second pass changes nothing');
  });
});
