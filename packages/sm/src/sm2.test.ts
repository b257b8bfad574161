import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromBase64Url, fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { decodeSm2Multikey, encodeSm2Multikey } from './multikey.ts';
import { sm2KeyAgreement } from './sm2-agreement.ts';
import { curveOrder } from './sm2-curve.ts';
import { sm2Decrypt, sm2Encrypt } from './sm2-encryption.ts';
import { generateSm2KeyPair, normalizeSm2PublicKey, sm2PublicKeyOf } from './sm2-keys.ts';
import { sm2Sign, sm2Verify } from './sm2-signature.ts';

const runs = { numRuns: 15 };
const pair = generateSm2KeyPair();
const other = generateSm2KeyPair();
const hex64 = (value: bigint): string => value.toString(16).padStart(64, '0');

test('a signature verifies under its own message and key only', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      const signature = sm2Sign(message, pair.privateKey);
      assert.equal(signature.length, 86);
      assert.equal(sm2Verify(message, signature, pair.publicKey), true);
      assert.equal(sm2Verify(message, signature, other.publicKey), false);
      assert.equal(sm2Verify(Uint8Array.of(...message, 0), signature, pair.publicKey), false);
    }),
    runs,
  );
});

test('a signature that was verified before holds for its own message and key only', () => {
  const signature = sm2Sign('first', pair.privateKey);
  for (let time = 0; time < 2; time += 1) {
    assert.equal(sm2Verify('first', signature, pair.publicKey), true);
    assert.equal(sm2Verify('second', signature, pair.publicKey), false);
    assert.equal(sm2Verify('first', signature, other.publicKey), false);
    assert.equal(sm2Verify('first', sm2Sign('first', other.privateKey), pair.publicKey), false);
  }
});

test('every single flipped bit of a signature is refused', () => {
  const good = sm2Sign('message', pair.privateKey);
  assert.equal(sm2Verify('message', good, pair.publicKey), true);
  const raw = fromBase64Url(good);
  for (let bit = 0; bit < 512; bit += 1) {
    const changed = Uint8Array.from(raw);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(sm2Verify('message', toBase64Url(changed), pair.publicKey), false);
  }
});

test('verification answers false to malformed input and never throws', () => {
  const good = sm2Sign('m', pair.privateKey);
  const zero = '0'.repeat(64);
  const n = hex64(curveOrder);
  const raw = toHex(fromBase64Url(good));
  const signatures = [
    '',
    'not base64url!',
    `${good}=`,
    good.slice(0, -1),
    `${good.slice(0, -1)}${good.endsWith('B') ? 'C' : 'B'}`,
    toBase64Url(fromHex(raw + raw)),
    toBase64Url(fromHex(zero + raw.slice(64))),
    toBase64Url(fromHex(raw.slice(0, 64) + zero)),
    toBase64Url(fromHex(n + raw.slice(64))),
    toBase64Url(fromHex(raw.slice(0, 64) + n)),
    toBase64Url(fromHex(zero + zero)),
  ];
  for (const signature of signatures) assert.equal(sm2Verify('m', signature, pair.publicKey), false, signature);
  const keys = [
    '',
    '04',
    `04${zero}${zero}`,
    `05${pair.publicKey.slice(2)}`,
    pair.publicKey.slice(2),
    `${pair.publicKey.slice(0, -1)}g`,
  ];
  for (const key of keys) assert.equal(sm2Verify('m', good, key), false, key);
  assert.equal(sm2Verify('m', undefined as unknown as string, pair.publicKey), false);
});

test('compressed, upper-case and uncompressed spellings are one key', () => {
  const compressed = `${Number.parseInt(pair.publicKey.slice(-1), 16) % 2 ? '03' : '02'}${pair.publicKey.slice(2, 66)}`;
  assert.equal(normalizeSm2PublicKey(compressed), pair.publicKey);
  assert.equal(normalizeSm2PublicKey(pair.publicKey.toUpperCase()), pair.publicKey);
  assert.equal(sm2Verify('m', sm2Sign('m', pair.privateKey), compressed), true);
});

test('private keys outside [1, n-2] are refused', () => {
  for (const key of [hex64(0n), hex64(curveOrder - 1n), hex64(curveOrder), 'ff', 'g'.repeat(64)]) {
    assert.throws(() => sm2PublicKeyOf(key), { code: 'SM2_KEY_INVALID' });
    assert.throws(() => sm2Sign('m', key), { code: 'SM2_KEY_INVALID' });
  }
  assert.equal(sm2PublicKeyOf(hex64(1n)).slice(0, 10), '0432c4ae2c');
});

test('verification stays right while the key cache turns over', () => {
  const signature = sm2Sign('m', pair.privateKey);
  for (let i = 1n; i <= 300n; i += 1n) normalizeSm2PublicKey(sm2PublicKeyOf(hex64(i)));
  for (let i = 0; i < 4; i += 1) assert.equal(sm2Verify('m', signature, pair.publicKey), true);
});

test('what was encrypted decrypts, one byte messages too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (plaintext) => {
      const ciphertext = sm2Encrypt(plaintext, pair.publicKey);
      assert.equal(ciphertext.length, plaintext.length + 97);
      assert.deepEqual(Uint8Array.from(sm2Decrypt(ciphertext, pair.privateKey)), Uint8Array.from(plaintext));
      assert.throws(() => sm2Decrypt(ciphertext, other.privateKey), { code: 'SM2_DECRYPT_FAILED' });
    }),
    runs,
  );
});

test('a ciphertext never shows the plaintext (all-zero key stream)', () => {
  for (let i = 0; i < 400; i += 1) assert.notEqual(sm2Encrypt(Uint8Array.of(7), pair.publicKey)[97], 7);
});

test('a flipped bit anywhere in a ciphertext is refused', () => {
  const ciphertext = sm2Encrypt(toBytes('key'), pair.publicKey);
  for (let index = 0; index < ciphertext.length; index += 1) {
    const changed = Uint8Array.from(ciphertext);
    changed[index]! ^= 1 << (index & 7);
    assert.throws(() => sm2Decrypt(changed, pair.privateKey), { code: 'SM2_DECRYPT_FAILED' });
  }
  assert.throws(() => sm2Decrypt(new Uint8Array(0), pair.privateKey), { code: 'SM2_DECRYPT_FAILED' });
  assert.throws(() => sm2Encrypt(new Uint8Array(0), pair.publicKey), { code: 'SM2_PLAINTEXT_EMPTY' });
});

test('agreement gives both sides the same key, and another one under other ids or keys', () => {
  const [ephemeralA, ephemeralB] = [generateSm2KeyPair(), generateSm2KeyPair()];
  const base = { length: 32, idA: 'alice@x', idB: 'bob@y' };
  const a = {
    self: pair,
    selfEphemeral: ephemeralA,
    peer: other.publicKey,
    peerEphemeral: ephemeralB.publicKey,
    role: 'initiator',
  } as const;
  const b = {
    self: other,
    selfEphemeral: ephemeralB,
    peer: pair.publicKey,
    peerEphemeral: ephemeralA.publicKey,
    role: 'responder',
  } as const;
  const key = toHex(sm2KeyAgreement({ ...base, ...a }));
  assert.equal(toHex(sm2KeyAgreement({ ...base, ...b })), key);
  assert.notEqual(toHex(sm2KeyAgreement({ ...base, ...b, idA: 'mallory' })), key);
  assert.notEqual(toHex(sm2KeyAgreement({ ...base, ...b, peer: generateSm2KeyPair().publicKey })), key);
});

test('agreement refuses points off the curve and a one-time key chosen to cancel the long-term one', () => {
  const ephemeral = generateSm2KeyPair();
  const options = { self: pair, selfEphemeral: ephemeral, role: 'initiator', length: 16 } as const;
  const offCurve = `${other.publicKey.slice(0, -2)}${other.publicKey.endsWith('00') ? '01' : '00'}`;
  assert.throws(() => sm2KeyAgreement({ ...options, peer: other.publicKey, peerEphemeral: offCurve }), {
    code: 'SM2_KEY_INVALID',
  });
  // P = -[x̄]R, which whoever holds r can register.
  const r = BigInt(`0x${ephemeral.privateKey}`);
  const w = 1n << 127n;
  const x = w + (BigInt(`0x${ephemeral.publicKey.slice(2, 66)}`) & (w - 1n));
  const cancelling = sm2PublicKeyOf(hex64((((-x * r) % curveOrder) + curveOrder) % curveOrder));
  assert.throws(() => sm2KeyAgreement({ ...options, peer: cancelling, peerEphemeral: ephemeral.publicKey }), {
    code: 'SM2_AGREEMENT_FAILED',
  });
});

test('a Multikey names exactly one key', () => {
  const multikey = encodeSm2Multikey(pair.publicKey);
  assert.match(multikey, /^z/);
  assert.equal(decodeSm2Multikey(multikey), pair.publicKey);
  const p256 = 'zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv';
  for (const bad of [
    '',
    'z',
    multikey.slice(1),
    `m${multikey.slice(1)}`,
    multikey.slice(0, -1),
    `${multikey}1`,
    p256,
    `${multikey.slice(0, -1)}0`,
  ]) {
    assert.throws(() => decodeSm2Multikey(bad), { code: 'MULTIKEY_MALFORMED' }, bad);
  }
});
