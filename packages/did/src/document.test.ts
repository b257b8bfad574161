import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64Url, generateSm2KeyPair, toHex } from '@collabnet/sm';
import { formatDid } from './did.ts';
import { buildDidDocument } from './document.ts';
import { toJrtDocument } from './jrt-document.ts';
import { newRegisteredDid } from './record.ts';
import { LedgerDidResolver } from './resolver.ts';
import { deactivate, rotateKey } from './rotation.ts';
import { didDocumentSchema } from './schema.ts';

const did = formatDid('cd'.repeat(32), 'bank-a');
const institution = formatDid('cd'.repeat(32), 'holding');
const [sign, agree, next] = [generateSm2KeyPair(), generateSm2KeyPair(), generateSm2KeyPair()];
const service = { id: `${did}#hub`, type: 'CollabHub', serviceEndpoint: 'tls://hub.bank-a.example:4222' };
const document = buildDidDocument({
  did,
  controller: institution,
  signKey: sign.publicKey,
  agreeKey: agree.publicKey,
  services: [service],
});

test('a built document passes its schema', () => {
  assert.deepEqual(didDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
  assert.deepEqual(document.controller, [institution]);
});

test('documents with unknown members, foreign or dangling keys are refused', () => {
  const [method, ...rest] = document.verificationMethod;
  const bad: unknown[] = [
    { ...document, extra: 1 },
    { ...document, id: formatDid('cd'.repeat(32), 'bank-b') },
    { ...document, controller: [] },
    { ...document, assertionMethod: [`${did}#key-9`] },
    { ...document, verificationMethod: [method, method] },
    { ...document, verificationMethod: [{ ...method, publicKeyMultibase: 'z6Mk' }, ...rest] },
    { ...document, verificationMethod: [{ ...method, type: 'JsonWebKey' }, ...rest] },
    { ...document, verificationMethod: [{ ...method, privateKey: 'x' }, ...rest] },
  ];
  bad.forEach((value, index) => assert.equal(didDocumentSchema.safeParse(value).success, false, String(index)));
});

test('a method that no relationship names cannot be registered', () => {
  const orphan = { ...document, keyAgreement: [] };
  assert.throws(
    () => newRegisteredDid({ document: orphan, principalType: 'institution', displayName: 'x', height: 1 }),
    {
      code: 'KEY_PURPOSE_UNKNOWN',
    },
  );
});

test('the JR/T form holds the same key as coordinates', () => {
  const [method] = toJrtDocument(document).verificationMethod;
  assert.equal(method?.type, 'SM2VerificationKey2022');
  const { kty, crv, x, y } = method.publicKeyJwk;
  assert.deepEqual([kty, crv], ['EC', 'SM2']);
  assert.equal(`04${toHex(fromBase64Url(x))}${toHex(fromBase64Url(y))}`, sign.publicKey);
});

test('the resolver answers for now and for a height, and names its failures', async () => {
  const first = newRegisteredDid({ document, principalType: 'institution', displayName: 'Bank A', height: 5 });
  const record = deactivate(rotateKey(first, { newSignKey: next.publicKey, height: 8 }), 12);
  const times = (height: number): string => new Date(height * 1000).toISOString();
  const resolver = new LedgerDidResolver((id) => (id === did ? record : undefined), { timeOf: times });

  const past = await resolver.resolve(did, 7);
  assert.deepEqual(past.didDocument, document);
  assert.deepEqual(past.didDocumentMetadata, {
    created: times(5),
    updated: times(5),
    deactivated: false,
    versionId: 'at-5',
  });
  const now = await resolver.resolve(did);
  assert.deepEqual(now.didDocument?.assertionMethod, [`${did}#key-2`]);
  assert.deepEqual(now.didDocumentMetadata, {
    created: times(5),
    updated: times(12),
    deactivated: true,
    versionId: '3',
  });

  assert.equal((await resolver.resolve(did, 4)).didResolutionMetadata.error, 'notFound');
  assert.equal((await resolver.resolve(institution)).didResolutionMetadata.error, 'notFound');
  assert.equal((await resolver.resolve('did:web:x')).didResolutionMetadata.error, 'invalidDid');
  const broken = new LedgerDidResolver(() => Promise.reject(new Error('down')));
  assert.equal((await broken.resolve(did)).didResolutionMetadata.error, 'internalError');
});
