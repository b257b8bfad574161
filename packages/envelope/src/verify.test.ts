import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyIdOf } from '@collabnet/did';
import { assertConsent } from './consent.ts';
import { sealJson, sealedAad } from './sealed.ts';
import {
  alice,
  bankA,
  bankB,
  byOperator,
  context,
  delegate,
  keys,
  network,
  now,
  payload,
  signed,
  signer,
} from './testing-network.ts';
import { signTransaction, transactionDigest } from './transaction.ts';
import { verifyTransaction } from './verify.ts';
import type { SignedTransaction } from './types.ts';

const aliceSigns = { principal: { type: 'person', scheme: 'DID', id: alice }, keyId: keyIdOf(alice, 'key-1') } as const;

async function refused(
  tx: unknown,
  code: string,
  message: RegExp = /./,
  changes: Partial<typeof context> = {},
): Promise<void> {
  await assert.rejects(async () => verifyTransaction(await tx, { ...context, ...changes }), { code, message });
}

test('an institution signs for itself, a person for her controller', async () => {
  const tx = await signed(keys.bankA);
  const digest = transactionDigest(tx.payload);
  const principal = tx.payload.principal;
  assert.deepEqual(verifyTransaction(tx, context), { principal, institution: bankA, via: 'key', digest });
  const caller = verifyTransaction(await signed(keys.alice, aliceSigns), context);
  assert.equal(caller.institution, bankA);
  assert.equal(caller.principal.type, 'person');
});

test('a transaction verifies after a trip through JSON with its members in another order', async () => {
  const tx = await signed(keys.bankA);
  const shuffled = Object.fromEntries(Object.entries(tx.payload).reverse());
  const arrived: unknown = JSON.parse(JSON.stringify({ signature: tx.signature, payload: shuffled }));
  assert.equal(verifyTransaction(arrived, context).digest, transactionDigest(tx.payload));
});

test('SCHEMA_UNSUPPORTED: another version of transaction or delegation', async () => {
  const tx = await signed(keys.bankA);
  const payloadV2 = { ...tx.payload, schema: 'collabnet.dev/transaction/v2' };
  await refused({ ...tx, payload: payloadV2 }, 'SCHEMA_UNSUPPORTED', /transaction\/v2/);
  const link = { ...(await delegate()), schema: 'collabnet.dev/delegation/v9' };
  await refused({ ...tx, payload: { ...tx.payload, delegations: [link] } }, 'SCHEMA_UNSUPPORTED', /delegation\/v9/);
});

test('MALFORMED: unknown, missing or ill-typed members, at every level', async () => {
  const { payload: good, signature } = await signed(keys.bankA);
  const sealed = sealJson(
    { a: 1 },
    [{ keyId: keyIdOf(bankB, 'agree-1'), publicKey: keys.bankB.publicKey }],
    sealedAad(good),
  );
  const link = await delegate();
  const bad: Record<string, unknown> = {
    nothing: undefined,
    text: 'tx',
    list: [],
    'no signature': { payload: good },
    'extra beside payload': { payload: good, signature, extra: 1 },
    'short signature': { payload: good, signature: signature.slice(1) },
  };
  const payloads: Record<string, unknown> = {
    extra: { ...good, extra: 1 },
    'extra undefined': { ...good, extra: undefined },
    'undefined head': { ...good, head: undefined },
    'extra in principal': { ...good, principal: { ...good.principal, role: 'admin' } },
    'extra in head': { ...good, head: { ...good.head, time: 1 } },
    'extra in delegation': { ...good, delegations: [{ ...link, note: 'x' }] },
    'extra in delegate': { ...good, delegations: [{ ...link, delegate: { ...link.delegate, note: 'x' } }] },
    'extra in sealed': { ...good, sealed: { ...sealed, note: 'x' } },
    'extra in recipient': { ...good, sealed: { ...sealed, recipients: [{ ...sealed.recipients[0], note: 'x' }] } },
    'no recipients': { ...good, sealed: { ...sealed, recipients: [] } },
    'other cipher': { ...good, sealed: { ...sealed, algorithm: 'none' } },
    'no nonce': { ...good, nonce: undefined },
    'upper-case nonce': { ...good, nonce: good.nonce.toUpperCase().replace(/\d/g, 'A') },
    'fraction of a millisecond': { ...good, expires: good.expires + 0.5 },
    'text for time': { ...good, expires: String(good.expires) },
    'principal not a DID': { ...good, principal: { ...good.principal, id: 'bank-a' } },
    'unknown principal type': { ...good, principal: { ...good.principal, type: 'robot' } },
    'audience not a DID': { ...good, audience: ['bank-b'] },
    'public not an object': { ...good, public: [] },
    'public with undefined': { ...good, public: { a: undefined } },
    'public with a date': { ...good, public: { a: new Date(0) } },
    'public with __proto__': { ...good, public: JSON.parse('{"__proto__":1}') as unknown },
    'dotted contract': { ...good, contract: 'flows.x' },
    'key of another principal': { ...good, keyId: keyIdOf(bankB, 'key-1') },
  };
  for (const [name, value] of Object.entries(payloads)) bad[name] = { payload: value, signature };
  for (const [name, value] of Object.entries(bad)) {
    assert.throws(() => verifyTransaction(value, context), { code: 'MALFORMED' }, name);
  }
});

test('NETWORK_MISMATCH, EXPIRED and LIFETIME_TOO_LONG, to the millisecond', async () => {
  const tx = signed(keys.bankA, { expires: now + 60_000 });
  await refused(tx, 'NETWORK_MISMATCH', /./, { network: '5b'.repeat(32) });
  await refused(tx, 'EXPIRED', /./, { now: now + 60_000 });
  verifyTransaction(await tx, { ...context, now: now + 59_999 });
  await refused(tx, 'LIFETIME_TOO_LONG', /./, { maxLifetimeMs: 59_999 });
  verifyTransaction(await tx, { ...context, maxLifetimeMs: 60_000 });
  await refused(signed(keys.bankA, { expires: now + 86_400_001 }), 'LIFETIME_TOO_LONG');
});

test('KEY_UNKNOWN: no such key, another type of principal, no institution, a certificate without delegation', async () => {
  await refused(signed(keys.bankA, { keyId: keyIdOf(bankA, 'key-2') }), 'KEY_UNKNOWN', /unknown or no longer valid/);
  const posing = { ...aliceSigns, principal: { type: 'institution', scheme: 'DID', id: alice } } as const;
  await refused(signed(keys.alice, posing), 'KEY_UNKNOWN', /registered to a person/);
  const lone = { publicKey: keys.alice.publicKey, principalType: 'person' } as const;
  await refused(signed(keys.alice, aliceSigns), 'KEY_UNKNOWN', /no institution/, { keyAt: () => lone });
  await refused(signed(keys.operator, byOperator([])), 'KEY_UNKNOWN', /X\.509/);
});

test('SIGNATURE_INVALID: the key of someone else', async () => {
  await refused(signed(keys.bankB), 'SIGNATURE_INVALID', /key-1/);
  await refused({ ...(await signed(keys.bankA)), signature: 'A'.repeat(86) }, 'SIGNATURE_INVALID');
});

test('no single member of a signed transaction can be altered', async () => {
  const sealed = sealJson({ a: 1 }, [{ keyId: keyIdOf(bankB, 'agree-1'), publicKey: keys.bankB.publicKey }], 'aad');
  const tx = await signed(keys.operator, { ...byOperator([await delegate()]), sealed });
  verifyTransaction(tx, context);
  const paths = leaves(tx.payload);
  assert.ok(paths.length > 30);
  for (const path of paths) {
    const altered = structuredClone(tx);
    alter(altered.payload, path);
    assert.throws(() => verifyTransaction(altered, context), { name: 'EnvelopeError' }, path.join('.'));
  }
});

test('members cannot be added to or taken from the public part', async () => {
  const tx = await signed(keys.bankA);
  await fc.assert(
    fc.asyncProperty(
      fc.string().filter((name) => !(name in tx.payload.public)),
      fc.jsonValue(),
      async (name, value) => {
        const altered = { ...tx, payload: { ...tx.payload, public: { ...tx.payload.public, [name]: value } } };
        await assert.rejects(async () => verifyTransaction(await Promise.resolve(altered), context), {
          name: 'EnvelopeError',
        });
      },
    ),
    { numRuns: 30 },
  );
  for (const name of Object.keys(tx.payload.public)) {
    const rest = Object.fromEntries(Object.entries(tx.payload.public).filter(([other]) => other !== name));
    await refused({ ...tx, payload: { ...tx.payload, public: rest } }, 'SIGNATURE_INVALID');
  }
});

test('a replay has the digest of the first; another nonce gives another digest', async () => {
  const tx = await signed(keys.bankA);
  const again = await signTransaction(tx.payload, signer(keys.bankA));
  assert.notEqual(again.signature, tx.signature);
  assert.equal(verifyTransaction(again, context).digest, verifyTransaction(tx, context).digest);
  assert.notEqual(transactionDigest(payload()), transactionDigest(payload()));
});

test('only a person with her own key consents', async () => {
  const approve = { method: 'approve' };
  assertConsent(verifyTransaction(await signed(keys.alice, { ...aliceSigns, ...approve }), context));
  const institution = verifyTransaction(await signed(keys.bankA, approve), context);
  assert.throws(() => assertConsent(institution), { code: 'CONSENT_NEEDS_PERSON_KEY' });
  const delegated = verifyTransaction(await signed(keys.operator, byOperator([await delegate()])), context);
  assert.throws(() => assertConsent(delegated), { code: 'CONSENT_NEEDS_PERSON_KEY' });
  const pretended = { ...delegated, principal: { type: 'person', scheme: 'DID', id: alice } } as const;
  assert.throws(() => assertConsent(pretended), { code: 'CONSENT_NEEDS_PERSON_KEY' });
});

test('arbitrary input is refused with a code and nothing else', () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true, withMap: true, withNullPrototype: true }), (value) => {
      assert.throws(() => verifyTransaction(value, context), { name: 'EnvelopeError' });
      assert.throws(() => verifyTransaction({ payload: value, signature: 'A'.repeat(86) }, context), {
        name: 'EnvelopeError',
      });
    }),
  );
  assert.equal(network.length, 64);
});

type Path = (string | number)[];

function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function alter(payload: SignedTransaction['payload'], path: Path): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], payload) as Record<string, unknown>;
  const key = path.at(-1)!;
  const old = parent[key];
  parent[key] = typeof old === 'number' ? old + 1 : flip(String(old));
}

/** Another text of the same length and alphabet, so that the shape alone does not give it away. */
function flip(text: string): string {
  const index = text.length - 3;
  const old = text[index]!;
  return `${text.slice(0, index)}${old === 'a' ? 'b' : old === '1' ? '2' : /\d/.test(old) ? '1' : 'a'}${text.slice(index + 1)}`;
}
