import { normalizeSm2PublicKey } from '@collabnet/sm';
import { keyIdOf } from './did.ts';
import { verificationMethod } from './document.ts';
import { DidError } from './errors.ts';
import { isValidAt } from './record.ts';
import type { DidDocument } from './document.ts';
import type { KeyPurpose, RegisteredDid } from './record.ts';

/** New keys, and the first height at which they hold. */
export interface KeyRotation {
  /** Hex. */
  newSignKey?: string;
  /** Hex. */
  newAgreeKey?: string;
  /**
   * First height of the new key and the first at which the old one no longer holds. Pass the height after the
   * rotation's own, so that the rotation, which the old key signed, still verifies at its height.
   */
  height: number;
}

/**
 * Replaces keys without touching the identifier. Old keys stay in the record with `validUntilHeight`, since signatures
 * are verified against the key valid at their height.
 * @throws DidError ROTATION_INVALID (no key given, the height lies before the current key, the key was used before),
 * DEACTIVATED; SmError SM2_KEY_INVALID
 */
export function rotateKey(record: RegisteredDid, rotation: KeyRotation): RegisteredDid {
  const { newSignKey, newAgreeKey, height } = rotation;
  if (record.deactivatedAtHeight !== undefined) {
    throw new DidError('DEACTIVATED', `DID ${record.document.id}: deactivated, its keys cannot be rotated.`);
  }
  if (newSignKey === undefined && newAgreeKey === undefined) {
    throw new DidError('ROTATION_INVALID', 'Rotation: give newSignKey or newAgreeKey.');
  }
  const keys = { ...record.keys };
  if (newSignKey !== undefined) replace(keys, record.document.id, 'sign', newSignKey, height);
  if (newAgreeKey !== undefined) replace(keys, record.document.id, 'agree', newAgreeKey, height);
  const changed: RegisteredDid = { ...record, keys, version: record.version + 1 };
  return { ...changed, document: documentAt(changed, height) };
}

/** Ends every key of a DID at a height, for good; the identifier is never given out again. */
export function deactivate(record: RegisteredDid, height: number): RegisteredDid {
  if (record.deactivatedAtHeight !== undefined) return record;
  return { ...record, version: record.version + 1, deactivatedAtHeight: height };
}

/** The document with the keys that held at a height; services and controllers are the current ones. */
export function documentAt(record: RegisteredDid, height: number): DidDocument {
  const { id } = record.document;
  const valid = Object.entries(record.keys).filter(([, key]) => isValidAt(key, height));
  const idsOf = (purpose: KeyPurpose): string[] =>
    valid.filter(([, key]) => key.purpose === purpose).map(([keyId]) => keyId);
  return {
    ...record.document,
    verificationMethod: valid.map(([keyId, key]) => verificationMethod(keyId, id, key.publicKey)),
    assertionMethod: idsOf('sign'),
    authentication: idsOf('sign'),
    keyAgreement: idsOf('agree'),
  };
}

function replace(
  keys: RegisteredDid['keys'],
  did: string,
  purpose: KeyPurpose,
  publicKey: string,
  height: number,
): void {
  const normal = normalizeSm2PublicKey(publicKey);
  if (Object.values(keys).some((key) => key.publicKey === normal)) {
    throw new DidError('ROTATION_INVALID', 'Rotation: the new key was used by this DID before.');
  }
  const ofPurpose = Object.entries(keys).filter(([, key]) => key.purpose === purpose);
  for (const [keyId, key] of ofPurpose) {
    if (key.validUntilHeight !== undefined) continue;
    if (height <= key.validFromHeight) {
      throw new DidError(
        'ROTATION_INVALID',
        `Rotation: height must lie after ${key.validFromHeight}, where ${keyId} begins.`,
      );
    }
    keys[keyId] = { ...key, validUntilHeight: height };
  }
  keys[nextKeyId(keys, did, purpose)] = {
    publicKey: normal,
    purpose,
    validFromHeight: height,
  };
}

/** Id that the next signing key of a DID will have, for whoever signs before it is registered. */
export function nextSignKeyId(record: RegisteredDid): string {
  return nextKeyId(record.keys, record.document.id, 'sign');
}

function nextKeyId(keys: RegisteredDid['keys'], did: string, purpose: KeyPurpose): string {
  const ofPurpose = Object.entries(keys).filter(([, key]) => key.purpose === purpose);
  const name = purpose === 'sign' ? 'key' : 'agree';
  return keyIdOf(did, `${name}-${nextNumber(ofPurpose.map(([keyId]) => keyId))}`);
}

function nextNumber(keyIds: string[]): number {
  return 1 + Math.max(0, ...keyIds.map((keyId) => Number(/-(\d+)$/.exec(keyId)?.[1] ?? 0)));
}
