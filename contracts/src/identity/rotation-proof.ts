import { canonicalJson } from '@collabnet/envelope';
import { sm2Sign } from '@collabnet/sm';

/** What a new signing key signs to prove that its holder exists. */
export function rotationStatement(networkId: string, did: string, newSignKey: string): string {
  return canonicalJson(['collabnet.dev/key-rotation/v1', networkId, did, newSignKey]);
}

/** The `proof` of `identity.rotateKey`, base64url. */
export function rotationProof(newPrivateKey: string, networkId: string, did: string, newSignKey: string): string {
  return sm2Sign(rotationStatement(networkId, did, newSignKey), newPrivateKey);
}
