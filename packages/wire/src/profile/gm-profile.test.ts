import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sm3, sm4 } from 'sm-crypto-v2';
import { generateSm2KeyPair } from '@collabnet/sm';
import type { Sm2KeyPair } from '@collabnet/sm';
import { gmProfile } from './gm-profile.ts';
import type { Ephemeral } from './wire-profile.ts';

const header = randomBytes(20);

test('a second implementation seals a frame to the same octets', () => {
  const key = randomBytes(gmProfile.keyLength);
  const cipher = gmProfile.cipher(key);
  for (const [sequence, length] of [[1, 0], [2, 1], [2 ** 40 + 3, 15], [4, 16], [5, 1_000]] as const) {
    const plaintext = randomBytes(length);
    const stream = Buffer.concat(Array.from({ length: Math.ceil(length / 16) }, (_unused, block) => encryptedBlock(key.subarray(0, 16), sequence, block)));
    const ciphertext = plaintext.map((octet, at) => octet ^ (stream[at] ?? 0));
    const tag = sm3(Buffer.concat([header, ciphertext]), { mode: 'hmac', key: key.subarray(16).toString('hex') });
    assert.equal(cipher.seal(sequence, header, plaintext).toString('hex'), Buffer.from(ciphertext).toString('hex') + tag, `${length} octets`);
  }
});

test('what was altered, cut or moved to another sequence or header is not opened', () => {
  const cipher = gmProfile.cipher(randomBytes(gmProfile.keyLength));
  const sealed = cipher.seal(7, header, Buffer.from('some octets'));
  assert.equal(cipher.open(7, header, sealed)?.toString(), 'some octets');
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = Buffer.from(sealed);
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.equal(cipher.open(7, header, altered), undefined, `octet ${at}`);
  }
  assert.equal(cipher.open(7, header, sealed.subarray(1)), undefined);
  assert.equal(cipher.open(7, header, sealed.subarray(0, 31)), undefined);
  assert.equal(cipher.open(7, randomBytes(20), sealed), undefined);
});

test('two ends agree on a secret that depends on the attempts keys, the ids and both one-time keys', () => {
  const [a, b] = [party('did:collab:x:a'), party('did:collab:x:b')];
  const secret = agreed(a, b, true);
  assert.deepEqual(agreed(b, a, false), secret);
  assert.notDeepEqual(agreed({ ...a, id: 'did:collab:x:c' }, b, true), secret);
  assert.notDeepEqual(agreed(a, { ...b, ephemeral: gmProfile.ephemeral() }, true), secret);
  assert.notDeepEqual(agreed(a, party(b.id, b.ephemeral), true), secret);
});

test('a one-time key that is no point of the curve is refused', () => {
  const [a, b] = [party('a'), party('b')];
  const off = Buffer.from(b.ephemeral.publicKey);
  off[64] = (off[64] ?? 0) ^ 1;
  assert.throws(() => agreed(a, { ...b, ephemeral: { ...b.ephemeral, publicKey: off } }, true), { code: 'SM2_KEY_INVALID' });
});

interface Party {
  readonly id: string;
  readonly keys: Sm2KeyPair;
  readonly ephemeral: Ephemeral;
}

function party(id: string, ephemeral = gmProfile.ephemeral()): Party {
  return { id, keys: generateSm2KeyPair(), ephemeral };
}

function agreed(self: Party, peer: Party, initiator: boolean): Uint8Array {
  return self.ephemeral.agree({
    peerEphemeral: peer.ephemeral.publicKey,
    initiator,
    selfStaticPrivateKey: self.keys.privateKey,
    peerStaticPublicKey: peer.keys.publicKey,
    selfId: self.id,
    peerId: peer.id,
  });
}

/** The counter block of the frame, encrypted as in ECB. */
function encryptedBlock(key: Uint8Array, sequence: number, block: number): Buffer {
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(sequence), 0);
  counter.writeBigUInt64BE(BigInt(block), 8);
  return Buffer.from(sm4.encrypt(counter, key, { padding: 'none', output: 'array' }));
}
