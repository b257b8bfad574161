import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { fromHex, generateSm2KeyPair, hkdfSm3, hmacSm3, sm2KeyAgreement, sm2PublicKeyOf, sm3, toHex } from '@collabnet/sm';
import type { Ephemeral, FrameCipher, WireProfile } from './wire-profile.ts';

/** SM4 takes 128 bits (GB/T 32907); the rest keys HMAC-SM3. */
const cipherKeyLength = 16;
const tagLength = 32;
const secretLength = 32;

/**
 * SM2 key agreement with the attempts' keys (GB/T 32918.3), HKDF over HMAC-SM3, and per frame SM4-CTR (GB/T 32907), then
 * HMAC-SM3 over header and ciphertext. No SM4-GCM: OpenSSL as Node carries it has none, and one in JavaScript is a
 * hundred times slower.
 */
export const gmProfile: WireProfile = {
  name: 'gm',
  keyLength: cipherKeyLength + 32,
  ephemeral: newEphemeral,
  derive: hkdfSm3,
  hash: sm3,
  // The code is an SM3 over all of the frame already; hashing it once more would cost as much as the encryption.
  frameHash: (payload) => payload.subarray(Math.max(0, payload.length - tagLength)),
  mac: hmacSm3,
  cipher: sm4CtrHmacSm3,
};

function newEphemeral(): Ephemeral {
  const selfEphemeral = generateSm2KeyPair();
  return {
    publicKey: fromHex(selfEphemeral.publicKey),
    // Points off the curve, and one-time keys that cancel the long-term key, are refused by the agreement.
    agree: ({ peerEphemeral, initiator, selfStaticPrivateKey, peerStaticPublicKey, selfId, peerId }) =>
      sm2KeyAgreement({
        self: { privateKey: selfStaticPrivateKey, publicKey: sm2PublicKeyOf(selfStaticPrivateKey) },
        selfEphemeral,
        peer: peerStaticPublicKey,
        peerEphemeral: toHex(peerEphemeral),
        role: initiator ? 'initiator' : 'responder',
        idA: initiator ? selfId : peerId,
        idB: initiator ? peerId : selfId,
        length: secretLength,
      }),
  };
}

function sm4CtrHmacSm3(key: Uint8Array): FrameCipher {
  const [encryption, authentication] = [key.subarray(0, cipherKeyLength), key.subarray(cipherKeyLength)];
  const tagOf = (header: Uint8Array, ciphertext: Uint8Array): Buffer => createHmac('sm3', authentication).update(header).update(ciphertext).digest();
  return {
    overhead: tagLength,
    seal: (sequence, header, plaintext) => {
      const cipher = createCipheriv('sm4-ctr', encryption, counterBlock(sequence));
      const ciphertext = cipher.update(plaintext);
      // The header has a fixed length: no octet can move between the two parts.
      return Buffer.concat([ciphertext, tagOf(header, ciphertext)]);
    },
    open: (sequence, header, payload) => {
      const end = payload.length - tagLength;
      if (end < 0) return undefined;
      const ciphertext = payload.subarray(0, end);
      if (!timingSafeEqual(tagOf(header, ciphertext), payload.subarray(end))) return undefined;
      return createDecipheriv('sm4-ctr', encryption, counterBlock(sequence)).update(ciphertext);
    },
  };
}

/** The sequence in the upper half: a frame has at most 2^15 blocks, so that no two frames share one. */
function counterBlock(sequence: number): Buffer {
  const block = Buffer.alloc(16);
  block.writeBigUInt64BE(BigInt(sequence), 0);
  return block;
}
