import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { decodeJwt } from './claims.ts';
import { askAttempt } from './request.ts';
import {
  attemptControlSubject,
  attemptInbox,
  attemptReplySubject,
  dataSubject,
  headsSubject,
  ledgerEventsSubject,
  ledgerSubject,
  memberInbox,
} from './subjects.ts';
import { A, B, Federation, NET, OTHER_NET } from './testing/federation.ts';
import { eventually } from './testing/nats-process.ts';
import { epochSeconds, type IssuedUser } from './trust.ts';

const C = 'cccccccccccccccc';
const ATTEMPT = { net: NET, task: '00112233445566778899aabbccddeeff', attempt: 'intersect-1' };
const NEXT_ATTEMPT = { ...ATTEMPT, attempt: 'intersect-2' };
const OTHER_TASK = { ...ATTEMPT, task: 'ffeeddccbbaa99887766554433221100' };
const FOREIGN_NETWORK = { ...ATTEMPT, net: OTHER_NET };

const NOT_ITS_TO_HEAR: Record<string, string> = {
  everything: '>',
  'everything by one token': '*.>',
  'all data of the network': `data.${NET}.>`,
  'the next attempt of its own task': dataSubject(NEXT_ATTEMPT, B, A),
  'another task': dataSubject(OTHER_TASK, B, A),
  'another network': dataSubject(FOREIGN_NETWORK, B, A),
  'what it sends itself, to watch for others that use its name': dataSubject(ATTEMPT, A, B),
  'a pair of other institutions': dataSubject(ATTEMPT, B, C),
  'any sender to it': `data.${NET}.${ATTEMPT.task}.${ATTEMPT.attempt}.*.${A}`,
  "the operator's requests to another attempt": attemptControlSubject(NEXT_ATTEMPT),
  "the operator's requests to all attempts": `attempt.${NET}.*.*.control`,
  "couriers' answers to the operator": attemptReplySubject(ATTEMPT),
  "another courier's answers": `${attemptReplySubject(NEXT_ATTEMPT)}.>`,
  "the operator's inbox": `${memberInbox(NET, A)}.>`,
  "another courier's inbox": `${attemptInbox(OTHER_TASK)}.>`,
  'inboxes of the client library': '_INBOX.>',
  'what the ledger is asked': `ledger.${NET}.>`,
  'what the ledger announces': ledgerEventsSubject(NET),
  'heads of members': headsSubject(NET),
  'the system account': '$SYS.>',
  JetStream: '$JS.>',
};

const NOT_ITS_TO_SAY: Record<string, string> = {
  "in its peer's name": dataSubject(ATTEMPT, B, A),
  'in the name of a third institution': dataSubject(ATTEMPT, C, B),
  'to an institution that is no peer': dataSubject(ATTEMPT, A, C),
  'in the next attempt of its own task': dataSubject(NEXT_ATTEMPT, A, B),
  'in another task': dataSubject(OTHER_TASK, A, B),
  'in another network': dataSubject(FOREIGN_NETWORK, A, B),
  'a request to itself': attemptControlSubject(ATTEMPT),
  'a request to another courier': attemptControlSubject(OTHER_TASK),
  "another courier's answer": `${attemptReplySubject(OTHER_TASK)}.1`,
  "into the operator's inbox": `${memberInbox(NET, A)}.forged`,
  "into another institution's inbox": `${memberInbox(NET, B)}.forged`,
  "into another courier's inbox": `${attemptInbox(NEXT_ATTEMPT)}.forged`,
  'into an inbox of the client library': '_INBOX.forged',
  'a transaction to the ledger': ledgerSubject(NET, A, 'submit'),
  "a transaction in its peer's name": ledgerSubject(NET, B, 'submit'),
  'a block of the ledger': ledgerEventsSubject(NET),
  'a head': headsSubject(NET, A),
  'a ping of all servers': '$SYS.REQ.SERVER.PING',
  'new claims': '$SYS.REQ.CLAIMS.UPDATE',
  'a reload of the server': '$SYS.REQ.SERVER.X.RELOAD',
  "the account's connections": '$SYS.REQ.ACCOUNT.X.CONNZ',
  'an event of the system account': '$SYS.ACCOUNT.X.DISCONNECT',
  'a stream that keeps everything': '$JS.API.STREAM.CREATE.ALL',
  'the state of JetStream': '$JS.API.INFO',
};

/** How nats-server logs a refusal: with account and user, both of which the operator issued for this attempt. */
function logged(kind: 'Publish' | 'Subscription', subject: string): RegExp {
  return new RegExp(`/nkey:U[A-Z2-7]{55}" - ${kind} Violation - Subject "${subject.replace(/[$.*]/g, '\\$&')}"`);
}

function errorsOf(connection: NatsConnection): string[] {
  const seen: string[] = [];
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') seen.push(status.error.message);
  })();
  return seen;
}

describe('a courier that tries to get out', () => {
  let net: Federation;
  let courier: NatsConnection;
  before(async () => {
    net = await Federation.start();
    courier = await net.courier(net.a, [B], ATTEMPT);
  });
  after(() => net.stop());

  for (const [what, subject] of Object.entries(NOT_ITS_TO_HEAR)) {
    for (const queue of [undefined, 'helpers']) {
      it(`is not let hear ${what}${queue === undefined ? '' : ' as one of a group'}`, async () => {
        const seen: { errors: string[]; messages: Msg[] } = { errors: [], messages: [] };
        const from = net.a.process.output.length;
        courier.subscribe(subject, {
          ...(queue === undefined ? {} : { queue }),
          callback: (error, message) => void (error ? seen.errors.push(error.message) : seen.messages.push(message)),
        });
        await eventually(() => seen.errors.length > 0);
        assert.match(seen.errors[0] ?? '', /permissions violation for subscription/i);
        assert.match(net.a.process.output.slice(from), logged('Subscription', subject));
        assert.equal(seen.messages.length, 0);
      });
    }
  }

  for (const [what, subject] of Object.entries(NOT_ITS_TO_SAY)) {
    it(`is not let say ${what}`, async () => {
      const errors = errorsOf(courier);
      const from = net.a.process.output.length;
      courier.publish(subject, 'forged', { reply: `${attemptInbox(ATTEMPT)}.x` });
      await courier.flush();
      await eventually(() => errors.some((error) => error.includes(subject)));
      assert.match(net.a.process.output.slice(from), logged('Publish', subject));
    });
  }

  it('answers its operator as often as it is asked, and can lead no answer elsewhere', async () => {
    const operator = await net.operator(net.a, 'data');
    let asked: Msg | undefined;
    courier.subscribe(attemptControlSubject(ATTEMPT), {
      callback: (_error, message) => {
        asked = message;
        message.respond('{"ok":true}');
      },
    });
    await courier.flush();
    for (let each = 0; each < 3; each += 1) {
      assert.deepEqual(await askAttempt(operator, ATTEMPT, { op: 'status' }), { ok: true });
    }
    assert.ok(asked?.reply?.startsWith(`${attemptReplySubject(ATTEMPT)}.`));
  });

  for (const [what, target] of Object.entries({
    "the operator's request to another courier of its institution": attemptControlSubject(OTHER_TASK),
    "another courier's frame": dataSubject(OTHER_TASK, A, B),
    "the operator's inbox": `${memberInbox(NET, A)}.forged`,
  })) {
    it(`is not given the right to say ${what} by a peer that names it as where to answer`, async () => {
      const accomplice = await net.courier(net.b, [A], ATTEMPT);
      const victim = await net.connect(
        net.a.url,
        net.a.nats.courier(OTHER_TASK, A, [B], epochSeconds() + 600).creds,
        attemptInbox(OTHER_TASK),
      );
      const forged: string[] = [];
      victim.subscribe(attemptControlSubject(OTHER_TASK), { callback: (_error, { data }) => void forged.push(Buffer.from(data).toString()) });
      await victim.flush();
      let invited = false;
      const subscription = courier.subscribe(dataSubject(ATTEMPT, B, A), {
        callback: (_error, message) => {
          invited = true;
          message.respond('{"op":"abort"}');
        },
      });
      await courier.flush();
      const [errors, from] = [errorsOf(courier), net.a.process.output.length];
      await eventually(async () => {
        accomplice.publish(dataSubject(ATTEMPT, B, A), 'frame', { reply: target });
        await delay(50);
        return invited;
      });
      await eventually(() => errors.length > 0);
      assert.match(net.a.process.output.slice(from), logged('Publish', target));
      assert.deepEqual(forged, []);
      subscription.unsubscribe();
    });
  }

  const stranger = (user: IssuedUser, prefix = attemptInbox(ATTEMPT)): Promise<NatsConnection> => net.connect(net.a.url, user.creds, prefix);

  it('is not let in as the leaf of an institution, nor at the hub, nor at the server of its peer', async () => {
    const user = net.a.nats.courier(ATTEMPT, A, [B], epochSeconds() + 600);
    await (await stranger(user)).flush();
    for (const url of [net.hubUrl, net.b.url]) {
      await assert.rejects(net.connect(url, user.creds, attemptInbox(ATTEMPT)), { code: 'CONNECT_FAILED' });
    }
    assert.match(net.hubProcess.output + net.b.process.output, /Authorization Violation|authentication error/i);
    const { nats } = decodeJwt(user.jwt);
    assert.deepEqual(nats['allowed_connection_types'], ['STANDARD']);
    assert.equal(nats['bearer_token'], undefined);
  });

  it('is not let in again once it was revoked or has expired, and is thrown out', async () => {
    const system = await net.system(net.a.url, net.a.nats);
    await net.a.nats.reconcile(system);
    const revoked = net.a.nats.courier(NEXT_ATTEMPT, A, [B], epochSeconds() + 600);
    const expiring = net.a.nats.courier(OTHER_TASK, A, [B], epochSeconds() + 3);
    const inside = [await stranger(revoked), await stranger(expiring)];
    const ended = inside.map(async (each) => {
      for await (const status of each.status()) if (status.type === 'disconnect' || status.type === 'close') return;
    });
    await eventually(() => epochSeconds() > decodeJwt(revoked.jwt).iat);
    net.a.nats = net.a.nats.revoke(NET, 'data', revoked.publicKey, epochSeconds());
    await net.a.nats.reconcile(system);
    await Promise.all(ended);
    // Expiry counts whole seconds: within the last one the server still lets the user in.
    await delay(1_100);
    const from = net.a.process.output.length;
    for (const user of [revoked, expiring]) await assert.rejects(stranger(user), { code: 'CONNECT_FAILED' });
    assert.match(net.a.process.output.slice(from), new RegExp(`authentication error - Nkey "${revoked.publicKey}"`));
  });
});
