import { decodeSm2Multikey, fromHex, toBase64Url } from '@collabnet/sm';
import type { DidDocument, DidService } from './document.ts';
import type { Did } from './did.ts';

/** Public key form of JR/T 0325-2024: coordinates big-endian in base64url. */
export interface Sm2VerificationKey2022 {
  id: string;
  type: 'SM2VerificationKey2022';
  controller: Did;
  publicKeyJwk: { kty: 'EC'; crv: 'SM2'; x: string; y: string };
}

/** A DID document in the form of JR/T 0325-2024. */
export interface JrtDidDocument {
  id: Did;
  controller: Did[];
  verificationMethod: Sm2VerificationKey2022[];
  assertionMethod: string[];
  authentication: string[];
  keyAgreement: string[];
  service?: DidService[];
}

/**
 * The same document in the form that follows JR/T 0325-2024, derived and never stored: the Multikey document is the
 * one model. `crv: SM2` is that standard's name; JOSE has none registered.
 * @throws SmError MULTIKEY_MALFORMED
 */
export function toJrtDocument(document: DidDocument): JrtDidDocument {
  return {
    id: document.id,
    controller: document.controller,
    verificationMethod: document.verificationMethod.map(({ id, controller, publicKeyMultibase }) => {
      const point = fromHex(decodeSm2Multikey(publicKeyMultibase));
      const [x, y] = [toBase64Url(point.subarray(1, 33)), toBase64Url(point.subarray(33))];
      return { id, type: 'SM2VerificationKey2022', controller, publicKeyJwk: { kty: 'EC', crv: 'SM2', x, y } };
    }),
    assertionMethod: document.assertionMethod,
    authentication: document.authentication,
    keyAgreement: document.keyAgreement,
    ...(document.service ? { service: document.service } : {}),
  };
}
