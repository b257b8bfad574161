import { decodeSm2Multikey } from '@collabnet/sm';
import { DidError } from './errors.ts';
import type { DidDocument } from './document.ts';
import type { Did } from './did.ts';

export type PrincipalType = 'institution' | 'person' | 'workload';
export type KeyPurpose = 'sign' | 'agree';

/** A key with the heights between which it holds: from `validFromHeight` on, up to but not at `validUntilHeight`. */
export interface RegisteredKey {
  /** Uncompressed hex. */
  publicKey: string;
  purpose: KeyPurpose;
  validFromHeight: number;
  validUntilHeight?: number;
}

/** The ledger's record of a DID: the current document and every key it ever had. */
export interface RegisteredDid {
  document: DidDocument;
  principalType: PrincipalType;
  displayName: string;
  /** Institution of a person or a workload. */
  controller?: Did;
  roles: string[];
  /** Counts changes from 1. */
  version: number;
  /** By full key id, `<did>#key-1`. */
  keys: { [keyId: string]: RegisteredKey };
  deactivatedAtHeight?: number;
  registeredAtHeight: number;
}

/** What {@link newRegisteredDid} needs. */
export interface RegistrationInput {
  document: DidDocument;
  principalType: PrincipalType;
  displayName: string;
  controller?: Did;
  roles?: string[];
  /** Height of the registration; the keys hold from it on. */
  height: number;
}

/**
 * First record of a DID, its keys taken from the document.
 * @throws SmError MULTIKEY_MALFORMED; DidError KEY_PURPOSE_UNKNOWN for a method that no relationship names
 */
export function newRegisteredDid(input: RegistrationInput): RegisteredDid {
  const { document, principalType, displayName, controller, roles = [], height } = input;
  const keys: RegisteredDid['keys'] = {};
  for (const method of document.verificationMethod) {
    const publicKey = decodeSm2Multikey(method.publicKeyMultibase);
    keys[method.id] = { publicKey, purpose: purposeOf(document, method.id), validFromHeight: height };
  }
  return {
    document,
    principalType,
    displayName,
    ...(controller === undefined ? {} : { controller }),
    roles,
    version: 1,
    keys,
    registeredAtHeight: height,
  };
}

/**
 * The public key that `keyId` stood for at a height, or undefined when it was unknown, not yet or no longer valid, or
 * the DID was deactivated.
 * @param purpose when given, a key of another purpose does not count; verify signatures with `'sign'`
 */
export function keyAt(record: RegisteredDid, keyId: string, height: number, purpose?: KeyPurpose): string | undefined {
  const key = Object.hasOwn(record.keys, keyId) ? record.keys[keyId] : undefined;
  if (!key || (purpose !== undefined && key.purpose !== purpose)) return undefined;
  if (record.deactivatedAtHeight !== undefined && height >= record.deactivatedAtHeight) return undefined;
  return isValidAt(key, height) ? key.publicKey : undefined;
}

/** Whether the key holds at the height. */
export function isValidAt(key: RegisteredKey, height: number): boolean {
  return height >= key.validFromHeight && (key.validUntilHeight === undefined || height < key.validUntilHeight);
}

function purposeOf(document: DidDocument, keyId: string): KeyPurpose {
  const signs = document.assertionMethod.includes(keyId) || document.authentication.includes(keyId);
  const agrees = document.keyAgreement.includes(keyId);
  if (signs === agrees) {
    throw new DidError('KEY_PURPOSE_UNKNOWN', `DID document: ${keyId} must serve either signing or key agreement.`);
  }
  return signs ? 'sign' : 'agree';
}
