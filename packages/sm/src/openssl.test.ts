import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fromBase64Url, fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { hmacSm3Hex } from './sm3.ts';
import { sm2Decrypt, sm2Encrypt } from './sm2-encryption.ts';
import { generateSm2KeyPair } from './sm2-keys.ts';
import { sm2Sign, sm2Verify } from './sm2-signature.ts';

const directory = mkdtempSync(join(tmpdir(), 'sm-openssl-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const path = (name: string): string => join(directory, name);
const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });

const pair = generateSm2KeyPair();
const sm2Oid = '06082a811ccf5501822d';
const sec1 = `30770201010420${pair.privateKey}a00a${sm2Oid}a144034200${pair.publicKey}`;
const pem = (label: string, der: string): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der, 'hex').toString('base64')}\n-----END ${label}-----\n`;
writeFileSync(path('key.pem'), pem('EC PRIVATE KEY', sec1));
writeFileSync(path('pub.pem'), pem('PUBLIC KEY', `3059301306072a8648ce3d0201${sm2Oid}034200${pair.publicKey}`));
writeFileSync(path('message'), 'cross-check');
const signing = ['-rawin', '-digest', 'sm3', '-in', path('message'), '-pkeyopt', 'distid:1234567812345678'];

test('OpenSSL verifies our signatures', () => {
  const raw = fromBase64Url(sm2Sign('cross-check', pair.privateKey));
  const body = integer(raw.subarray(0, 32)) + integer(raw.subarray(32));
  writeFileSync(path('ours.sig'), fromHex(`30${length(body)}${body}`));
  const answer = openssl(
    'pkeyutl',
    '-verify',
    '-pubin',
    '-inkey',
    path('pub.pem'),
    ...signing,
    '-sigfile',
    path('ours.sig'),
  );
  assert.match(answer.toString(), /Verified Successfully/);
});

test('we verify the signatures of OpenSSL', () => {
  openssl('pkeyutl', '-sign', '-inkey', path('key.pem'), ...signing, '-out', path('theirs.sig'));
  const [r, s] = children(toHex(readFileSync(path('theirs.sig'))));
  const signature = toBase64Url(fromHex(unsigned(r) + unsigned(s)));
  assert.equal(sm2Verify('cross-check', signature, pair.publicKey), true);
  assert.equal(sm2Verify('cross-chec', signature, pair.publicKey), false);
});

test('we decrypt what OpenSSL encrypts, and the other way round', () => {
  openssl(
    'pkeyutl',
    '-encrypt',
    '-pubin',
    '-inkey',
    path('pub.pem'),
    '-in',
    path('message'),
    '-out',
    path('theirs.enc'),
  );
  const [x, y, c3, c2] = children(toHex(readFileSync(path('theirs.enc'))));
  const plaintext = sm2Decrypt(fromHex(`04${unsigned(x)}${unsigned(y)}${c3}${c2}`), pair.privateKey);
  assert.equal(Buffer.from(plaintext).toString(), 'cross-check');

  const ours = sm2Encrypt(toBytes('cross-check'), pair.publicKey);
  const octets = (bytes: Uint8Array): string => `04${length(toHex(bytes))}${toHex(bytes)}`;
  const body =
    integer(ours.subarray(1, 33)) +
    integer(ours.subarray(33, 65)) +
    octets(ours.subarray(65, 97)) +
    octets(ours.subarray(97));
  writeFileSync(path('ours.enc'), fromHex(`30${length(body)}${body}`));
  assert.equal(
    openssl('pkeyutl', '-decrypt', '-inkey', path('key.pem'), '-in', path('ours.enc')).toString(),
    'cross-check',
  );
});

test('HMAC-SM3 agrees with OpenSSL', () => {
  const key = '00112233445566778899aabbccddeeff';
  const mac = openssl('mac', '-digest', 'SM3', '-macopt', `hexkey:${key}`, '-in', path('message'), 'HMAC');
  assert.equal(mac.toString().trim().toLowerCase(), hmacSm3Hex(fromHex(key), 'cross-check'));
});

function length(hex: string): string {
  const octets = hex.length / 2;
  return octets < 128 ? octets.toString(16).padStart(2, '0') : `81${octets.toString(16).padStart(2, '0')}`;
}

function integer(bytes: Uint8Array): string {
  const hex = toHex(bytes).replace(/^(?:00)+/, '');
  const value = /^[89a-f]/.test(hex) ? `00${hex}` : hex;
  return `02${length(value)}${value}`;
}

function unsigned(hex: string | undefined): string {
  return (hex ?? '').replace(/^(?:00)+/, '').padStart(64, '0');
}

/** Values of the members of a DER sequence shorter than 256 octets. */
function children(hex: string): string[] {
  const values: string[] = [];
  let at = hex.startsWith('81', 2) ? 6 : 4;
  while (at < hex.length) {
    const end = at + 4 + Number.parseInt(hex.slice(at + 2, at + 4), 16) * 2;
    values.push(hex.slice(at + 4, end));
    at = end;
  }
  return values;
}
