import { encodeSm2Multikey } from '@collabnet/sm';
import { keyIdOf, parseDid } from './did.ts';
import type { Did } from './did.ts';

/** A public key in a DID document: W3C Multikey with multicodec sm2-pub. */
export interface VerificationMethod {
  /** `<did>#key-<n>` for signing, `<did>#agree-<n>` for encryption and key agreement. */
  id: string;
  type: 'Multikey';
  controller: Did;
  publicKeyMultibase: string;
}

/** Where a subject can be reached. */
export interface DidService {
  id: string;
  type: string;
  serviceEndpoint: string;
}

/** DID Core document of a collabnet subject. Signatures use SM2 over SM3 with user id 1234567812345678. */
export interface DidDocument {
  '@context': string[];
  id: Did;
  controller: Did[];
  verificationMethod: VerificationMethod[];
  assertionMethod: string[];
  authentication: string[];
  keyAgreement: string[];
  service?: DidService[];
  alsoKnownAs?: string[];
}

/** Contexts of every document made here. */
export const didContexts: readonly string[] = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'];

/** What {@link buildDidDocument} needs. */
export interface DidDocumentInput {
  did: Did;
  /** DIDs that may change the document; the subject itself when absent. */
  controller?: Did | Did[];
  /** SM2 public key for signatures, hex. */
  signKey: string;
  /** SM2 public key for encryption and key agreement, hex. */
  agreeKey?: string;
  /** Number in the fragments, `#key-<version>`; 1 when absent. */
  version?: number;
  services?: DidService[];
  alsoKnownAs?: string[];
}

/**
 * Builds the document of a subject with one signing key and, if given, one agreement key.
 * @throws DidError DID_MALFORMED; SmError SM2_KEY_INVALID
 */
export function buildDidDocument(input: DidDocumentInput): DidDocument {
  const { did, signKey, agreeKey, version = 1, services, alsoKnownAs } = input;
  parseDid(did);
  const controller = input.controller === undefined ? [did] : [input.controller].flat();
  const signId = keyIdOf(did, `key-${version}`);
  const agreeId = keyIdOf(did, `agree-${version}`);
  return {
    '@context': [...didContexts],
    id: did,
    controller,
    verificationMethod: [
      verificationMethod(signId, did, signKey),
      ...(agreeKey === undefined ? [] : [verificationMethod(agreeId, did, agreeKey)]),
    ],
    assertionMethod: [signId],
    authentication: [signId],
    keyAgreement: agreeKey === undefined ? [] : [agreeId],
    ...(services ? { service: services } : {}),
    ...(alsoKnownAs ? { alsoKnownAs } : {}),
  };
}

/** @throws SmError SM2_KEY_INVALID */
export function verificationMethod(id: string, controller: Did, publicKey: string): VerificationMethod {
  return { id, type: 'Multikey', controller, publicKeyMultibase: encodeSm2Multikey(publicKey) };
}
