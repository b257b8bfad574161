import assert from 'node:assert/strict';
import { createECDH, createPublicKey, generateKeyPairSync, getCiphers, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { sm2 } from 'sm-crypto-v2';
import { fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { generateSm2KeyPair } from './sm2-keys.ts';
import { sm2Sign, sm2Verify } from './sm2-signature.ts';

// These tests pin down why nothing but this package may touch SM2. When one fails, a runtime or a library has
// changed, and the facade can perhaps be made thinner.

const spkiPrefix = '3059301306072a8648ce3d020106082a811ccf5501822d034200';

test('node:crypto verifies SM2 only under the empty user id, never under the default one', () => {
  const pair = generateSm2KeyPair();
  const key = createPublicKey({ key: Buffer.from(spkiPrefix + pair.publicKey, 'hex'), format: 'der', type: 'spki' });
  const message = toBytes('message');
  const der = (userId: string): Buffer =>
    Buffer.from(sm2.doSignature(message, pair.privateKey, { hash: true, der: true, userId }), 'hex');
  assert.equal(verify('sm3', message, key, der('')), true);
  assert.equal(verify('sm3', message, key, der('1234567812345678')), false);
});

test('node:crypto keys on the SM2 curve sign plain ECDSA, which is not SM2', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
  const signature = sign('sm3', toBytes('message'), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65).toString('hex');
  assert.equal(sm2Verify('message', toBase64Url(signature), point), false);
  assert.equal(sm2.doVerifySignature('message', toHex(signature), point, { hash: true, userId: '' }), false);
  assert.throws(() => publicKey.export({ format: 'jwk' }));
});

test('node:crypto agrees on no key on the SM2 curve: it refuses the pair it made', () => {
  const [own, peer] = [createECDH('SM2'), createECDH('SM2')];
  own.generateKeys();
  assert.throws(() => own.computeSecret(peer.generateKeys()), { code: 'ERR_CRYPTO_INVALID_KEYPAIR' });
});

test('signing without the hash option is a signature over the bare message, which SM2 verifiers refuse', () => {
  const pair = generateSm2KeyPair();
  const bare = sm2.doSignature('message', pair.privateKey);
  assert.equal(sm2Verify('message', toBase64Url(fromHex(bare)), pair.publicKey), false);
});

test('a failed decryption in sm-crypto-v2 is an empty list, not an error', () => {
  const pair = generateSm2KeyPair();
  const ciphertext = sm2.doEncrypt('key', pair.publicKey);
  const answer = sm2.doDecrypt(ciphertext, generateSm2KeyPair().privateKey, 1, { output: 'array' });
  assert.equal(Array.isArray(answer), true);
});

test('node:crypto has SM4-CTR but no SM4-GCM', () => {
  assert.equal(getCiphers().includes('sm4-ctr'), true);
  assert.equal(getCiphers().includes('sm4-gcm'), false);
});

test('two signatures over the same message differ: the nonce is random', () => {
  const pair = generateSm2KeyPair();
  assert.notEqual(sm2Sign('m', pair.privateKey), sm2Sign('m', pair.privateKey));
});
