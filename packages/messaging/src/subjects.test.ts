import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  courierUser,
  hubLeafControlUser,
  hubLeafDataUser,
  hubLedgerHostUser,
  invitationUser,
  ledgerClientUser,
} from './permissions.ts';
import {
  attemptControlSubject,
  attemptReplySubject,
  dataSubject,
  headsSubject,
  invitationLedgerSubject,
  ledgerSubject,
  memberInbox,
  parseLedgerSubject,
} from './subjects.ts';
import { attemptToken, memberToken, networkToken, taskToken } from './tokens.ts';

const ADDRESS = { net: 'n', task: 't', attempt: 'intersect-1' };

describe('tokens', () => {
  it('are the agreed prefixes', () => {
    assert.equal(networkToken('0123456789ABCDEF0000'), '0123456789abcdef');
    assert.equal(taskToken('0'.repeat(32) + 'ff'), '0'.repeat(32));
    assert.equal(attemptToken('intersect', 2), 'intersect-2');
    assert.match(memberToken('did:collab:x:y'), /^[0-9a-f]{16}$/);
    assert.notEqual(memberToken('did:collab:x:y'), memberToken('did:collab:x:z'));
  });

  it('refuse what would change the meaning of a subject', () => {
    const bad = [
      () => networkToken('short'),
      () => taskToken('z'.repeat(40)),
      () => attemptToken('a.b', 1),
      () => attemptToken('a', 0),
      () => memberToken('x'),
    ];
    for (const make of bad) assert.throws(make, { code: 'INVALID_TOKEN' });
    for (const token of ['', '*', '>', 'a.b', 'a b', 'invite-1']) {
      assert.throws(() => dataSubject(ADDRESS, token, 'b'), { code: 'INVALID_TOKEN' });
      assert.throws(() => ledgerSubject('n', token, 'head'), { code: 'INVALID_TOKEN' });
      assert.throws(() => hubLeafDataUser('n', token), { code: 'INVALID_TOKEN' });
      assert.throws(() => memberInbox('n', token), { code: 'INVALID_TOKEN' });
    }
  });
});

describe('subjects', () => {
  it('have the agreed shape', () => {
    assert.equal(dataSubject(ADDRESS, 'a', 'b'), 'data.n.t.intersect-1.a.b');
    assert.equal(attemptControlSubject(ADDRESS), 'attempt.n.t.intersect-1.control');
    assert.equal(attemptReplySubject(ADDRESS), 'attempt-reply.n.t.intersect-1');
    assert.deepEqual([headsSubject('n', 'a'), headsSubject('n')], ['heads.n.a', 'heads.n.*']);
    assert.deepEqual(parseLedgerSubject(invitationLedgerSubject('n', 'i', 'join')), {
      net: 'n',
      from: 'invite-i',
      operation: 'join',
    });
    assert.equal(parseLedgerSubject('ledger.n.a.b.head'), undefined);
    assert.equal(parseLedgerSubject('ledger.n.a.drop'), undefined);
  });
});

describe('permissions', () => {
  it('are exactly these', () => {
    const [control, data] = [hubLeafControlUser('n', 'a'), hubLeafDataUser('n', 'a')];
    assert.deepEqual(control.permissions, {
      pub: { allow: ['ledger.n.a.submit', 'ledger.n.a.blocks', 'ledger.n.a.head', 'heads.n.a'] },
      sub: { allow: ['ledger-events.n', 'heads.n.*', 'inbox.n.a.>'] },
    });
    assert.deepEqual(data.permissions, { pub: { allow: ['data.n.*.*.a.*'] }, sub: { allow: ['data.n.*.*.*.a'] } });
    assert.deepEqual(
      [control, data].map((user) => user.allowedConnectionTypes),
      [['LEAFNODE'], ['LEAFNODE']],
    );
    assert.deepEqual(hubLedgerHostUser('n').permissions, {
      pub: { allow: ['inbox.n.*.>', 'ledger-events.n'] },
      sub: { allow: ['ledger.n.>'] },
    });
    assert.deepEqual(invitationUser('n', 'i').permissions, {
      pub: { allow: ['ledger.n.invite-i.join', 'ledger.n.invite-i.blocks', 'ledger.n.invite-i.head'] },
      sub: { allow: ['inbox.n.invite-i.>'] },
    });
    assert.deepEqual(ledgerClientUser('n', 'a', 'proxy').permissions.pub, {
      allow: ['ledger.n.a.blocks', 'ledger.n.a.head'],
    });
    assert.deepEqual(courierUser(ADDRESS, 'a', ['b', 'c']).permissions, {
      pub: { allow: ['data.n.t.intersect-1.a.b', 'data.n.t.intersect-1.a.c', 'attempt-reply.n.t.intersect-1.*'] },
      sub: {
        allow: [
          'data.n.t.intersect-1.b.a',
          'data.n.t.intersect-1.c.a',
          'attempt.n.t.intersect-1.control',
          'attempt-inbox.n.t.intersect-1.>',
        ],
      },
    });
  });
});
