import { createCipheriv, createDecipheriv, createHash, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';
import type { Ephemeral, FrameCipher, WireProfile } from './wire-profile.ts';

const tagLength = 16;
/** X25519 keys in SubjectPublicKeyInfo start with this (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** X25519 (RFC 7748), HKDF-SHA-256 (RFC 5869), AES-256-GCM (SP 800-38D) with the sequence as nonce. */
export const intlProfile: WireProfile = {
  name: 'intl',
  keyLength: 32,
  ephemeral: newEphemeral,
  derive: (secret, salt, info, length) => new Uint8Array(hkdfSync('sha256', secret, salt, info, length)),
  hash: (data) => createHash('sha256').update(data).digest(),
  frameHash: (payload) => createHash('sha256').update(payload).digest(),
  mac: (key, data) => createHmac('sha256', key).update(data).digest(),
  cipher: aesGcm,
};

function newEphemeral(): Ephemeral {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length),
    // A point of small order is refused by the library.
    agree: ({ peerEphemeral }) =>
      diffieHellman({
        privateKey,
        publicKey: createPublicKey({ key: Buffer.concat([spkiPrefix, peerEphemeral]), format: 'der', type: 'spki' }),
      }),
  };
}

function aesGcm(key: Uint8Array): FrameCipher {
  return {
    overhead: tagLength,
    seal: (sequence, header, plaintext) => {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(sequence));
      cipher.setAAD(header);
      return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sequence, header, ciphertext) => {
      if (ciphertext.length < tagLength) return undefined;
      const end = ciphertext.length - tagLength;
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(sequence), { authTagLength: tagLength });
      decipher.setAAD(header);
      decipher.setAuthTag(ciphertext.subarray(end));
      try {
        const text = decipher.update(ciphertext.subarray(0, end));
        decipher.final();
        return text;
      } catch {
        return undefined;
      }
    },
  };
}

function nonceOf(sequence: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(sequence), 4);
  return nonce;
}
