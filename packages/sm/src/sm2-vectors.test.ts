import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { agreement, encryption, signature } from './testing-vectors.ts';
import { sm2KeyAgreement } from './sm2-agreement.ts';
import { sm2Decrypt } from './sm2-encryption.ts';
import { sm2PublicKeyOf } from './sm2-keys.ts';
import { digestWithZa, signDigest, sm2Verify, zaOf } from './sm2-signature.ts';

test('GB/T 32918.5 A: ZA, e and the signature with the published k come out as printed', () => {
  assert.equal(sm2PublicKeyOf(signature.privateKey), signature.publicKey);
  assert.equal(toHex(zaOf(signature.publicKey)), signature.za);
  const e = digestWithZa(signature.message, signature.publicKey);
  assert.equal(toHex(e), signature.e);
  // x1 = r - e mod n; the printed r and s then follow from k alone.
  const n = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
  const x1 = (BigInt(`0x${signature.r}`) - BigInt(`0x${signature.e}`) + n) % n;
  assert.equal(sm2PublicKeyOf(signature.k).slice(2, 66), x1.toString(16).padStart(64, '0'));
  assert.equal(signDigest(e, signature.privateKey, signature.k), signature.r + signature.s);
});

test('GB/T 32918.5 A: the printed signature verifies, and no other message does', () => {
  const printed = toBase64Url(fromHex(signature.r + signature.s));
  assert.equal(sm2Verify(signature.message, printed, signature.publicKey), true);
  assert.equal(sm2Verify(toBytes(signature.message), printed, signature.publicKey), true);
  assert.equal(sm2Verify('message digesu', printed, signature.publicKey), false);
});

test('GB/T 32918.5 C: the printed ciphertext decrypts', () => {
  const plaintext = sm2Decrypt(fromHex(encryption.ciphertext), signature.privateKey);
  assert.equal(Buffer.from(plaintext).toString(), encryption.message);
});

test('GB/T 32918.5 B: both sides agree on the printed key', () => {
  const { a, b, ephemeralA, ephemeralB } = agreement;
  const length = 16;
  const atA = sm2KeyAgreement({
    self: a,
    selfEphemeral: ephemeralA,
    peer: b.publicKey,
    peerEphemeral: ephemeralB.publicKey,
    role: 'initiator',
    length,
  });
  const atB = sm2KeyAgreement({
    self: b,
    selfEphemeral: ephemeralB,
    peer: a.publicKey,
    peerEphemeral: ephemeralA.publicKey,
    role: 'responder',
    length,
  });
  assert.equal(toHex(atA), agreement.key);
  assert.equal(toHex(atB), agreement.key);
});
