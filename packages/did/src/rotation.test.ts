import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeSm2Multikey, generateSm2KeyPair, sm2Sign, sm2Verify } from '@collabnet/sm';
import { formatDid } from './did.ts';
import { buildDidDocument } from './document.ts';
import { keyAt, newRegisteredDid } from './record.ts';
import { deactivate, documentAt, rotateKey } from './rotation.ts';
import { didDocumentSchema, registeredDidSchema } from './schema.ts';
import type { RegisteredDid } from './record.ts';

const did = formatDid('ab'.repeat(32), 'bank-a');
const pairs = Array.from({ length: 6 }, generateSm2KeyPair);
const key = (index: number): string => pairs[index]!.publicKey;

function record(height = 10): RegisteredDid {
  const document = buildDidDocument({ did, signKey: key(0), agreeKey: key(1) });
  return newRegisteredDid({ document, principalType: 'institution', displayName: 'Bank A', height });
}

test('a new record holds the keys of its document from its height on', () => {
  const first = record();
  assert.equal(didDocumentSchema.safeParse(first.document).success, true);
  assert.equal(registeredDidSchema.safeParse(first).success, true);
  assert.equal(keyAt(first, `${did}#key-1`, 9), undefined);
  assert.equal(keyAt(first, `${did}#key-1`, 10), key(0));
  assert.equal(keyAt(first, `${did}#agree-1`, 10, 'agree'), key(1));
  assert.equal(keyAt(first, `${did}#agree-1`, 10, 'sign'), undefined);
  assert.equal(keyAt(first, `${did}#key-2`, 10), undefined);
  assert.equal(keyAt(first, 'constructor', 10), undefined);
});

test('signatures are verified against the key valid at their height', () => {
  const rotated = rotateKey(record(), { newSignKey: key(2), height: 20 });
  const old = sm2Sign('deed', pairs[0]!.privateKey);
  assert.equal(sm2Verify('deed', old, keyAt(rotated, `${did}#key-1`, 19)!), true);
  assert.equal(keyAt(rotated, `${did}#key-1`, 20), undefined);
  assert.equal(keyAt(rotated, `${did}#key-2`, 19), undefined);
  assert.equal(keyAt(rotated, `${did}#key-2`, 20), key(2));
  assert.deepEqual(rotated.document.assertionMethod, [`${did}#key-2`]);
  assert.deepEqual(rotated.document.keyAgreement, [`${did}#agree-1`]);
  assert.deepEqual(documentAt(rotated, 19), record().document);
  assert.equal(rotated.version, 2);
  assert.equal(registeredDidSchema.safeParse(rotated).success, true);
});

test('over any rotations exactly one signing key holds at each height, and the identifier stays', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }), (steps) => {
      let height = 10;
      let current = record(height);
      steps.forEach((step, index) => {
        height += step;
        current = rotateKey(current, { newSignKey: key(index + 2), height });
      });
      for (let at = 10; at <= height + 1; at += 1) {
        const holding = Object.keys(current.keys).filter((id) => keyAt(current, id, at, 'sign') !== undefined);
        assert.equal(holding.length, 1);
        const [method] = documentAt(current, at).verificationMethod.filter((m) => m.id === holding[0]);
        assert.equal(decodeSm2Multikey(method!.publicKeyMultibase), keyAt(current, holding[0]!, at));
      }
      assert.equal(current.document.id, did);
    }),
    { numRuns: 20 },
  );
});

test('a rotation may not go back in time, reuse a key, change nothing or follow deactivation', () => {
  assert.throws(() => rotateKey(record(), { newSignKey: key(2), height: 10 }), { code: 'ROTATION_INVALID' });
  assert.throws(() => rotateKey(record(), { newSignKey: key(0), height: 11 }), { code: 'ROTATION_INVALID' });
  assert.throws(() => rotateKey(record(), { newAgreeKey: key(0), height: 11 }), { code: 'ROTATION_INVALID' });
  assert.throws(() => rotateKey(record(), { height: 11 }), { code: 'ROTATION_INVALID' });
  const ended = deactivate(record(), 15);
  assert.throws(() => rotateKey(ended, { newSignKey: key(2), height: 16 }), { code: 'DEACTIVATED' });
  assert.equal(keyAt(ended, `${did}#key-1`, 14), key(0));
  assert.equal(keyAt(ended, `${did}#key-1`, 15), undefined);
  assert.equal(deactivate(ended, 30).deactivatedAtHeight, 15);
});
