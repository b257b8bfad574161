import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sm2 } from 'sm-crypto-v2';
import { fromBase64Url, fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { sm2KeyAgreement } from './sm2-agreement.ts';
import { sm2Decrypt, sm2Encrypt } from './sm2-encryption.ts';
import { generateSm2KeyPair } from './sm2-keys.ts';
import { sm2DefaultUserId, sm2Sign, sm2Verify } from './sm2-signature.ts';

// The published vectors are one of each; here an implementation by others answers for random keys, in both directions.

const rounds = Array.from({ length: 6 }, (_, nth) => ({ nth, self: generateSm2KeyPair(), peer: generateSm2KeyPair(), ephemeral: generateSm2KeyPair(), peerEphemeral: generateSm2KeyPair() }));

test('signatures are those of another implementation', () => {
  for (const { nth, self } of rounds) {
    const message = `message ${nth}`;
    assert.equal(sm2.doVerifySignature(message, toHex(fromBase64Url(sm2Sign(message, self.privateKey))), self.publicKey, { hash: true }), true);
    assert.equal(sm2Verify(message, toBase64Url(fromHex(sm2.doSignature(message, self.privateKey, { hash: true }))), self.publicKey), true);
  }
});

test('ciphertexts are those of another implementation', () => {
  for (const { nth, self } of rounds) {
    const secret = toBytes('x'.repeat(1 + nth * 17));
    assert.deepEqual(Buffer.from(sm2.doDecrypt(toHex(sm2Encrypt(secret, self.publicKey)).slice(2), self.privateKey, 1, { output: 'array' })), Buffer.from(secret));
    assert.deepEqual(Buffer.from(sm2Decrypt(fromHex(`04${sm2.doEncrypt(secret, self.publicKey)}`), self.privateKey)), Buffer.from(secret));
  }
});

test('agreed keys are those of another implementation, in both roles', () => {
  for (const { self, peer, ephemeral, peerEphemeral } of rounds) {
    for (const role of ['initiator', 'responder'] as const) {
      const theirs = sm2.calculateSharedKey(self, ephemeral, peer.publicKey, peerEphemeral.publicKey, 48, role === 'responder', sm2DefaultUserId, sm2DefaultUserId);
      const ours = sm2KeyAgreement({ self, selfEphemeral: ephemeral, peer: peer.publicKey, peerEphemeral: peerEphemeral.publicKey, role, length: 48 });
      assert.equal(toHex(ours), toHex(theirs));
    }
  }
});
