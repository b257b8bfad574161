import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyIdOf } from '@collabnet/did';
import { MemoryKeyStore } from '@collabnet/sm';
import { isJsonObject } from './json.ts';
import { openSealed, sealJson, sealedAad } from './sealed.ts';
import { alice, bankA, bankB, keys, payload } from './testing-network.ts';
import type { JsonObject } from './json.ts';
import type { SealedPart } from './types.ts';

const idA = keyIdOf(bankA, 'agree-1');
const idB = keyIdOf(bankB, 'agree-1');
const store = new MemoryKeyStore({ [idA]: keys.bankA, [idB]: keys.bankB });
const recipients = [
  { keyId: idA, publicKey: keys.bankA.publicKey },
  { keyId: idB, publicKey: keys.bankB.publicKey },
];
const aad = sealedAad(payload());
const open = (part: SealedPart, keyId: string, data = aad): Promise<JsonObject> =>
  openSealed(part, keyId, (ciphertext) => store.decrypt(keyId, ciphertext), data);

test('every recipient opens what was sealed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue(), { noNullPrototype: true }),
      async (value) => {
        if (!isJsonObject(value)) return;
        const part = sealJson(value, recipients, aad);
        const expected: unknown = JSON.parse(JSON.stringify(value));
        assert.deepEqual(await open(part, idA), expected);
        assert.deepEqual(await open(part, idB), expected);
      },
    ),
    { numRuns: 10 },
  );
});

test('a sealed part opens only in its own transaction', async () => {
  const base = payload();
  const part = sealJson({ a: 1 }, recipients, sealedAad(base));
  assert.deepEqual(await open(part, idA, sealedAad(base)), { a: 1 });
  for (const change of [
    { network: '00'.repeat(32) },
    { contract: 'grants' },
    { method: 'close' },
    { nonce: '0'.repeat(32) },
  ]) {
    await assert.rejects(open(part, idA, sealedAad({ ...base, ...change })), { code: 'SEALED_UNREADABLE' });
  }
});

test('strangers, swapped keys and changed parts are refused', async () => {
  const part = sealJson({ a: 1 }, recipients, aad);
  const other = sealJson({ a: 2 }, recipients, aad);
  const failed = { code: 'SEALED_UNREADABLE' };
  await assert.rejects(open(part, keyIdOf(alice, 'agree-1')), failed);
  await assert.rejects(open({ ...part, recipients: other.recipients }, idA), failed);
  await assert.rejects(open({ ...part, nonce: other.nonce }, idA), failed);
  await assert.rejects(open({ ...part, tag: other.tag }, idA), failed);
  await assert.rejects(open({ ...part, ciphertext: other.ciphertext }, idA), failed);
  await assert.rejects(open({ ...part, ciphertext: `${part.ciphertext}=` }, idA), failed);
  const [first, second] = part.recipients;
  const swapped = [{ ...first!, encryptedKey: second!.encryptedKey }, second!];
  await assert.rejects(open({ ...part, recipients: swapped }, idA), failed);
  assert.throws(() => sealJson({ a: 1 }, [], aad), { code: 'MALFORMED' });
});
