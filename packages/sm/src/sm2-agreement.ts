import { SmError } from './errors.ts';
import { assertPrivateKey, decodePoint, pointOf, scalars, uncompressedHex } from './sm2-curve.ts';
import { sm2Kdf } from './sm2-kdf.ts';
import { sm2DefaultUserId, zaOf } from './sm2-signature.ts';
import type { Bytes } from './encoding.ts';
import type { Sm2Point } from './sm2-curve.ts';
import type { Sm2KeyPair } from './sm2-keys.ts';

/** What one side knows when it agrees on a key. */
export interface Sm2KeyAgreementOptions {
  /** Long-term key pair of this side. */
  self: Sm2KeyPair;
  /** One-time key pair of this side. */
  selfEphemeral: Sm2KeyPair;
  /** Long-term public key of the other side, hex. */
  peer: string;
  /** One-time public key of the other side, hex. */
  peerEphemeral: string;
  role: 'initiator' | 'responder';
  /** User id of the initiator; the GM default when absent. */
  idA?: string;
  /** User id of the responder; the GM default when absent. */
  idB?: string;
  /** Octets of the shared key. */
  length: number;
}

/**
 * SM2 key agreement (GB/T 32918.3). Both sides get the same octets when each used the other's genuine keys; there is no
 * key confirmation here (S1, S2 are optional), so authenticate the first message under the key.
 * @throws SmError SM2_KEY_INVALID, SM2_AGREEMENT_FAILED, LENGTH_INVALID
 */
export function sm2KeyAgreement(options: Sm2KeyAgreementOptions): Bytes {
  const { self, selfEphemeral, role, length } = options;
  const { idA = sm2DefaultUserId, idB = sm2DefaultUserId } = options;
  if (!Number.isInteger(length) || length < 1 || length > 8160) {
    throw new SmError('LENGTH_INVALID', 'sm2KeyAgreement: length must be 1 to 8160 bytes.');
  }
  assertPrivateKey(self.privateKey);
  assertPrivateKey(selfEphemeral.privateKey);
  const [peer, peerEphemeral] = [pointOf(options.peer), decodePoint(options.peerEphemeral)];
  const reducedOwn = reduced(decodePoint(selfEphemeral.publicKey));
  const t = scalars.add(scalarOf(self), scalars.mul(reducedOwn, scalarOf(selfEphemeral)));
  const sum = peer.add(peerEphemeral.multiplyUnsafe(reduced(peerEphemeral)));
  // Steps A7 and B6: U must not be the point at infinity, else the key would be known to everyone.
  if (sum.is0() || t === 0n) {
    throw new SmError('SM2_AGREEMENT_FAILED', 'sm2KeyAgreement: a one-time key was chosen to cancel the long-term key.');
  }
  const shared = sum.multiply(t).toBytes(false).subarray(1);
  const [zSelf, zPeer] = role === 'initiator' ? [zaOf(self.publicKey, idA), zaOf(uncompressedHex(peer), idB)] : [zaOf(self.publicKey, idB), zaOf(uncompressedHex(peer), idA)];
  return sm2Kdf(role === 'initiator' ? [shared, zSelf, zPeer] : [shared, zPeer, zSelf], length);
}

/** x̄ = 2^w + (x mod 2^w) with w = 127, for a curve of 256 bits. */
function reduced(point: Sm2Point): bigint {
  const w = 1n << 127n;
  return w + (point.x & (w - 1n));
}

function scalarOf(pair: Sm2KeyPair): bigint {
  return BigInt(`0x${pair.privateKey}`);
}
