import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toBytes, toHex } from './encoding.ts';
import { randomBytes } from './random.ts';
import { openSm4, sealSm4 } from './sm4-box.ts';

const standardKey = fromHex('0123456789abcdeffedcba9876543210');

test('SM4: the example of GB/T 32907 annex A.1', () => {
  const cipher = createCipheriv('sm4-ecb', standardKey, null).setAutoPadding(false);
  assert.equal(toHex(cipher.update(standardKey)), '681edf34d206965e86b3e94f536e4246');
});

test('SM4-CTR: the example of draft-ribose-cfrg-sm4 A.2.5', () => {
  const block = (digits: string): string => [...digits].map((d) => d.repeat(16)).join('');
  const cipher = createCipheriv('sm4-ctr', standardKey, fromHex('000102030405060708090a0b0c0d0e0f'));
  assert.equal(
    toHex(cipher.update(fromHex(block('abcdefab')))).slice(0, 64),
    'ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7',
  );
});

test('what was sealed opens, and only with the same associated data and key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 40 }), (plaintext, aad) => {
      const key = randomBytes(32);
      const box = sealSm4(key, plaintext, aad);
      assert.deepEqual(openSm4(key, box, aad), Uint8Array.from(plaintext));
      assert.throws(() => openSm4(randomBytes(32), box, aad), { code: 'SM4_AUTHENTICATION_FAILED' });
      assert.throws(() => openSm4(key, box, Uint8Array.of(...aad, 0)), { code: 'SM4_AUTHENTICATION_FAILED' });
    }),
  );
});

test('every single flipped bit of a box is refused', () => {
  const key = randomBytes(32);
  const aad = toBytes('aad');
  const box = sealSm4(key, toBytes('secret'), aad);
  for (const part of ['nonce', 'ciphertext', 'tag'] as const) {
    for (let bit = 0; bit < box[part].length * 8; bit += 1) {
      const bytes = Uint8Array.from(box[part]);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => openSm4(key, { ...box, [part]: bytes }, aad), { code: 'SM4_AUTHENTICATION_FAILED' });
    }
  }
});

test('bytes cannot move between associated data and ciphertext, nor tag or nonce be cut', () => {
  const key = randomBytes(32);
  const box = sealSm4(key, toBytes('secret'), toBytes('aad'));
  const moved = { ...box, ciphertext: box.ciphertext.subarray(1) };
  const failed = { code: 'SM4_AUTHENTICATION_FAILED' };
  assert.throws(() => openSm4(key, moved, Buffer.concat([toBytes('aad'), box.ciphertext.subarray(0, 1)])), failed);
  assert.throws(() => openSm4(key, { ...box, tag: box.tag.subarray(0, 16) }, toBytes('aad')), failed);
  assert.throws(() => openSm4(key, { ...box, tag: new Uint8Array(0) }, toBytes('aad')), failed);
});

test('a key of another length is refused', () => {
  assert.throws(() => sealSm4(randomBytes(16), toBytes('x'), toBytes('')), { code: 'SM4_KEY_INVALID' });
});
