import { sm2 } from 'sm-crypto-v2';
import { SmError } from './errors.ts';
import { assertPrivateKey, curveOrder, pointOf, uncompressedHex } from './sm2-curve.ts';
import { sm2DefaultUserId } from './sm2-signature.ts';
import type { Bytes } from './encoding.ts';
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
  const peer = uncompressedHex(pointOf(options.peer));
  const peerEphemeral = uncompressedHex(pointOf(options.peerEphemeral));
  assertNotDegenerate(peer, peerEphemeral);
  const responder = role === 'responder';
  const [idSelf, idPeer] = responder ? [idB, idA] : [idA, idB];
  return sm2.calculateSharedKey(self, selfEphemeral, peer, peerEphemeral, length, responder, idSelf, idPeer);
}

/** Steps A7 and B6: U must not be the point at infinity, else the key would be known to everyone. */
function assertNotDegenerate(peer: string, peerEphemeral: string): void {
  const point = pointOf(peerEphemeral);
  const w = 1n << 127n;
  const x = (w + (point.x & (w - 1n))) % curveOrder;
  const sum = point.multiply(x).add(pointOf(peer));
  if (sum.equals(sum.negate()) && sum.equals(sum.double())) {
    throw new SmError(
      'SM2_AGREEMENT_FAILED',
      'sm2KeyAgreement: the other side chose its one-time key to cancel its long-term key.',
    );
  }
}
