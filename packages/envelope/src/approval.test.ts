import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyIdOf } from '@collabnet/did';
import { approvalPayload } from './approval.ts';
import { assertConsent } from './consent.ts';
import { digestOf } from './json.ts';
import { alice, bankA, context, keys, network, now, signer } from './testing-network.ts';
import { signTransaction, transactionDigest } from './transaction.ts';
import { verifyTransaction } from './verify.ts';
import type { ApprovalStatement } from './approval.ts';

const statement: ApprovalStatement = {
  network,
  subject: { kind: 'Flow', id: 'flow-1', digest: digestOf({ spec: 1 }) },
  decision: 'Approve',
  reason: 'within purpose',
  signer: { did: alice, keyId: keyIdOf(alice, 'key-1') },
  nonce: '0123456789abcdef0123456789abcdef',
  expires: now + 60_000,
};

test('the payload follows from the statement alone, whatever the order of its members', () => {
  const copy = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(statement).reverse()))) as ApprovalStatement;
  assert.equal(transactionDigest(approvalPayload(copy)), transactionDigest(approvalPayload(statement)));
});

test('a detached signature over a rebuilt payload is consent', async () => {
  const { signature } = await signTransaction(approvalPayload(statement), signer(keys.alice));
  const rebuilt = { payload: approvalPayload(structuredClone(statement)), signature };
  const caller = verifyTransaction(rebuilt, context);
  assertConsent(caller);
  assert.equal(caller.institution, bankA);
});

test('no member of a statement can be altered after signing', async () => {
  const full: ApprovalStatement = { ...statement, audience: [bankA], body: { assetId: 'a' } };
  const { signature } = await signTransaction(approvalPayload(full), signer(keys.alice));
  const altered: ApprovalStatement[] = [
    { ...full, subject: { ...full.subject, id: 'flow-2' } },
    { ...full, subject: { ...full.subject, digest: digestOf({ spec: 2 }) } },
    { ...full, subject: { ...full.subject, kind: 'Membership' } },
    { ...full, decision: 'Refuse' },
    { ...full, reason: 'other' },
    { ...full, nonce: '1'.repeat(32) },
    { ...full, expires: full.expires + 1 },
    { ...full, audience: [] },
    { ...full, body: { assetId: 'b' } },
    { ...full, body: undefined },
  ];
  for (const value of altered) {
    assert.throws(() => verifyTransaction({ payload: approvalPayload(value), signature }, context), {
      code: 'SIGNATURE_INVALID',
    });
  }
});

test('each kind of subject goes to its contract method', () => {
  const target = (kind: ApprovalStatement['subject']['kind'], decision: ApprovalStatement['decision']): string => {
    const payload = approvalPayload({ ...statement, subject: { ...statement.subject, kind }, decision });
    assert.equal(payload.public['decision'], decision);
    return `${payload.contract}.${payload.method}`;
  };
  assert.equal(target('Flow', 'Approve'), 'flows.approve');
  assert.equal(target('Flow', 'Refuse'), 'flows.refuse');
  assert.equal(target('Grant', 'Approve'), 'grants.create');
  assert.equal(target('GrantRevocation', 'Approve'), 'grants.revoke');
  assert.equal(target('Membership', 'Approve'), 'membership.vote');
  assert.equal(target('Membership', 'Refuse'), 'membership.vote');
  assert.equal(target('Algorithm', 'Refuse'), 'algorithms.vote');
  assert.equal(target('Person', 'Approve'), 'identity.registerPerson');
  for (const kind of ['Grant', 'GrantRevocation', 'Person'] as const) {
    assert.throws(() => target(kind, 'Refuse'), { code: 'MALFORMED', message: /no transaction/ });
  }
});

test('a malformed statement is refused', () => {
  const bad = [
    { ...statement, extra: 1 },
    { ...statement, subject: { ...statement.subject, digest: 'x' } },
    { ...statement, decision: 'Maybe' },
    { ...statement, signer: { did: 'alice', keyId: 'alice#key-1' } },
    { ...statement, nonce: 'short' },
  ];
  for (const value of bad) assert.throws(() => approvalPayload(value as ApprovalStatement), { code: 'MALFORMED' });
});
