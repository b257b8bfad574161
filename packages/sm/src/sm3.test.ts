import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toBytes, toHex } from './encoding.ts';
import { SmError } from './errors.ts';
import { commit, createSm3, hkdfSm3, hmacSm3, hmacSm3Hex, sm3, sm3Hex } from './sm3.ts';

test('SM3: both examples of GB/T 32905 annex A', () => {
  assert.equal(sm3Hex('abc'), '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  assert.equal(toHex(sm3('abcd'.repeat(16))), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732');
});

test('SM3 streaming equals SM3 at once', () => {
  const hasher = createSm3().update(toBytes('ab'));
  assert.equal(hasher.update(toBytes('c')).digestHex(), sm3Hex('abc'));
});

test('HMAC-SM3: published vectors', () => {
  const key32 = fromHex('0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20');
  const text = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'.repeat(2);
  assert.equal(hmacSm3Hex(key32, text), 'ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a');
  const cd = new Uint8Array(50).fill(0xcd);
  const expected = '220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae';
  const key37 = Uint8Array.from({ length: 37 }, (_, index) => index + 1);
  assert.equal(toHex(hmacSm3(key37, cd)), expected);
});

test('HKDF: the output is extract and expand of RFC 5869 written out', () => {
  const [ikm, salt, info] = [toBytes('input key'), toBytes('salt'), 'purpose'];
  const prk = hmacSm3(salt, ikm);
  const t1 = hmacSm3(prk, Buffer.concat([toBytes(info), Uint8Array.of(1)]));
  const t2 = hmacSm3(prk, Buffer.concat([t1, toBytes(info), Uint8Array.of(2)]));
  assert.equal(toHex(hkdfSm3(ikm, salt, info, 48)), toHex(Buffer.concat([t1, t2])).slice(0, 96));
  assert.throws(() => hkdfSm3(ikm, salt, info, 0), { code: 'LENGTH_INVALID' });
  assert.throws(() => hkdfSm3(ikm, salt, info, 8161), { code: 'LENGTH_INVALID' });
});

test('a commitment depends on the salt and refuses one that could be searched', () => {
  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  assert.equal(commit(a, '110101199003070011'), commit(a, toBytes('110101199003070011')));
  assert.notEqual(commit(a, '110101199003070011'), commit(b, '110101199003070011'));
  assert.notEqual(commit(a, 'x'), sm3Hex('x'));
  assert.throws(() => commit(new Uint8Array(15), 'x'), SmError);
});
