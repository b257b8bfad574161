import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyIdOf } from '@collabnet/did';
import { consentActions } from './consent.ts';
import { signDelegation } from './delegation.ts';
import {
  alice,
  bankA,
  bankB,
  byCourier,
  byOperator,
  context,
  courierId,
  delegate,
  keys,
  now,
  operatorId,
  signed,
  signer,
  subDelegate,
  unsignedDelegation,
} from './testing-network.ts';
import { attemptOf, taskOf } from './verify-delegations.ts';
import { verifyTransaction } from './verify.ts';
import type { NewPayloadInput } from './transaction.ts';
import type { Delegation } from './types.ts';

async function operatorRefused(
  links: Delegation[],
  message: RegExp,
  overrides: Partial<NewPayloadInput> = {},
): Promise<void> {
  const tx = await signed(keys.operator, { ...byOperator(links), ...overrides });
  assert.throws(() => verifyTransaction(tx, context), { code: 'DELEGATION_INVALID', message });
}

async function courierRefused(links: Delegation[], message: RegExp): Promise<void> {
  const tx = await signed(keys.courier, byCourier(links));
  assert.throws(() => verifyTransaction(tx, context), { code: 'DELEGATION_INVALID', message });
}

test('one link: the operator acts for its institution', async () => {
  const link = await delegate();
  const caller = verifyTransaction(await signed(keys.operator, byOperator([link])), context);
  assert.equal(caller.via, 'delegation');
  assert.equal(caller.institution, bankA);
  assert.equal(caller.principal.id, operatorId);
  assert.deepEqual(caller.delegation, link);
});

test('a person cannot delegate: her delegate would have the rights of her institution', async () => {
  const link = await delegate({ delegator: { id: alice, keyId: keyIdOf(alice, 'key-1') } }, keys.alice);
  await operatorRefused([link], /0 .*only an institution may delegate/);
});

test('an institution is named as delegate only by a key that it has registered', async () => {
  const byBankB = { principal: { type: 'institution', scheme: 'DID', id: bankB }, keyId: keyIdOf(bankB, 'key-1') } as const;
  const posing = await delegate({ delegate: { type: 'institution', id: bankB, publicKey: keys.stranger.publicKey } });
  const forged = await signed(keys.stranger, { ...byBankB, delegations: [posing] });
  assert.throws(() => verifyTransaction(forged, context), { code: 'DELEGATION_INVALID', message: /has registered/ });
  const real = await delegate({ delegate: { type: 'institution', id: bankB, publicKey: keys.bankB.publicKey } });
  const caller = verifyTransaction(await signed(keys.bankB, { ...byBankB, delegations: [real] }), context);
  assert.deepEqual([caller.institution, caller.principal.id, caller.via], [bankA, bankB, 'delegation']);
});

test('two links: the courier acts through the operator, never more than two', async () => {
  const chain = [await delegate(), await subDelegate()];
  const caller = verifyTransaction(await signed(keys.courier, byCourier(chain)), context);
  assert.equal(caller.institution, bankA);
  assert.equal(caller.delegation?.id, 'delegation-2');
  const third = await subDelegate(
    { id: 'delegation-3', delegator: { id: courierId, keyId: `${courierId}#key-1` } },
    keys.courier,
  );
  await courierRefused([...chain, third], /3 links; at most 2/);
});

test('a link is refused by name when time, action, task, attempt or network do not fit', async () => {
  await operatorRefused([await delegate({ expires: now })], /Delegation 0 \(delegation-1\): expired/);
  await operatorRefused([await delegate({ notBefore: now + 1 })], /0 .*not valid yet/);
  await operatorRefused([await delegate({ actions: ['flows.report'] })], /0 .*action flows\.propose not named/);
  await operatorRefused([await delegate({ task: 'task-2' })], /0 .*task not named/);
  await operatorRefused([await delegate({ attempt: '2' })], /0 .*attempt not named/);
  await operatorRefused([await delegate({ network: '5b'.repeat(32) })], /0 .*another network/);
  await operatorRefused([await delegate()], /task not named/, { public: {} });
});

test('the second link is held to the same, and the first still binds', async () => {
  const [first, second] = [await delegate(), await subDelegate()];
  await courierRefused([first, await subDelegate({ expires: now })], /Delegation 1 \(delegation-2\): expired/);
  await courierRefused([first, await subDelegate({ actions: ['flows.report'] })], /1 .*not named/);
  await courierRefused([await delegate({ actions: ['flows.report'] }), second], /Delegation 0 .*not named/);
  await courierRefused([await delegate({ expires: now }), second], /Delegation 0 .*expired/);
  await courierRefused([second, first], /Delegation 0 .*unknown or no longer valid/);
  await courierRefused([second], /Delegation 0 .*unknown or no longer valid/);
});

test('a link is refused when its giver is not who it says', async () => {
  await operatorRefused([await delegate({}, keys.bankB)], /0 .*signature does not verify/);
  await operatorRefused(
    [{ ...(await delegate()), actions: ['flows.propose', 'flows.cancel'] }],
    /0 .*signature does not verify/,
  );
  const unknownKey = { id: bankA, keyId: keyIdOf(bankA, 'key-2') };
  await operatorRefused([await delegate({ delegator: unknownKey })], /0 .*key .*key-2 of the delegator is unknown/);
  const foreignKey = { id: bankB, keyId: keyIdOf(bankA, 'key-1') };
  await operatorRefused([await delegate({ delegator: foreignKey })], /0 .*does not belong to delegator\.id/);
  await courierRefused([await delegate(), await subDelegate({}, keys.stranger)], /1 .*signature does not verify/);
  const other = { id: bankA, keyId: keyIdOf(bankA, 'key-1') };
  await courierRefused(
    [await delegate(), await subDelegate({ delegator: other }, keys.bankA)],
    /1 .*not the delegate of the link before/,
  );
});

test('the delegate must be the principal, with the key the link names', async () => {
  const link = await delegate();
  await courierRefused([link], /not the principal/);
  await operatorRefused(
    [await delegate({ delegate: { type: 'institution', id: operatorId, publicKey: keys.operator.publicKey } })],
    /not the principal/,
  );
  const stolen = await signed(keys.stranger, byOperator([link]));
  assert.throws(() => verifyTransaction(stolen, context), { code: 'SIGNATURE_INVALID' });
});

test('consent can neither be delegated nor exercised by a delegate', async () => {
  for (const action of consentActions) {
    await assert.rejects(delegate({ actions: [action] }), {
      code: 'DELEGATION_INVALID',
      message: /cannot be delegated/,
    });
    const [contract = '', method = ''] = action.split('.');
    await operatorRefused([await delegate()], /person's consent/, { contract, method });
  }
});

test('a malformed delegation is not signed', async () => {
  const sign = signer(keys.bankA);
  await assert.rejects(signDelegation({ ...unsignedDelegation(), actions: [] }, sign), { code: 'MALFORMED' });
  await assert.rejects(signDelegation({ ...unsignedDelegation(), actions: ['*'] }, sign), { code: 'MALFORMED' });
  await assert.rejects(signDelegation({ ...unsignedDelegation(), expires: now - 1000 }, sign), {
    code: 'DELEGATION_INVALID',
  });
});

test('the task of a transaction is one thing only', async () => {
  const { payload } = await signed(keys.bankA);
  const withPublic = (value: NewPayloadInput['public']): typeof payload => ({ ...payload, public: value });
  assert.equal(taskOf(withPublic({ task: 'a' })), 'a');
  assert.equal(taskOf(withPublic({ subject: { kind: 'Flow', id: 'a' } })), 'a');
  assert.equal(taskOf(withPublic({ task: 'a', subject: { kind: 'Flow', id: 'a' } })), 'a');
  assert.equal(taskOf(withPublic({ task: 'a', subject: { kind: 'Flow', id: 'b' } })), undefined);
  assert.equal(taskOf(withPublic({ task: 1 })), undefined);
  assert.equal(taskOf(withPublic({ subject: { kind: 'Grant', id: 'a' } })), undefined);
  assert.equal(attemptOf(withPublic({ attempt: 2 })), '2');
  const link = await delegate();
  const tx = await signed(keys.operator, { ...byOperator([link]), public: { flow: 'task-1' } });
  verifyTransaction(tx, { ...context, taskOf: (p) => p.public['flow'] as string });
});
