import { Pkcs11Error, type Pkcs11ErrorCode } from '@collabnet/pkcs11';
import { SmError, type SmErrorCode } from '@collabnet/sm';
import { StalledError, WaitError } from '../runtime/index.ts';

/** Reasons of the condition Stalled; what is not here may pass by itself and is tried again. */
const TOKEN_REASONS: Partial<Record<Pkcs11ErrorCode, string>> = {
  MODULE_MISSING: 'KeyModuleMissing',
  MODULE_UNUSABLE: 'KeyModuleUnusable',
  TOKEN_ABSENT: 'KeyTokenAbsent',
  PIN_WRONG: 'KeyPinWrong',
  PIN_LAST_TRY: 'KeyPinLastTry',
  PIN_LOCKED: 'KeyPinLocked',
  KEY_ABSENT: 'SealingKeyAbsent',
  KEY_AMBIGUOUS: 'SealingKeyAmbiguous',
  KEY_EXPORTABLE: 'SealingKeyExportable',
  SEALING_UNSUPPORTED: 'SealingUnsupported',
  SEAL_BROKEN: 'KeySealBroken',
  SEALED_KEY_MALFORMED: 'InvalidKeySecret',
};

const FILE_REASONS: Partial<Record<SmErrorCode, string>> = {
  KEY_NOT_FOUND: 'KeyFileMissing',
  KEY_FILE_MALFORMED: 'KeyFileMalformed',
  KEY_PASSPHRASE_WRONG: 'KeyPassphraseWrong',
};

const USE_AGAIN_MS = 10_000;

/**
 * What a person must put right, if it is that; else the error as it was.
 *
 * @param where - the field that names the store, such as `spec.keyStore.pkcs11`
 */
export function keyProblem(error: unknown, where: string): unknown {
  const reason = reasonOf(error);
  return reason === undefined ? error : new StalledError(reason, `${where}: ${(error as Error).message}`, { cause: error });
}

/** For whoever wanted to use a key that was there before: it waits, and the ParticipantDID tells what is wrong. */
export function keyUnavailable(error: unknown): unknown {
  const ofStore = error instanceof Pkcs11Error || (error instanceof SmError && reasonOf(error) !== undefined);
  return ofStore ? new WaitError('KeyUnavailable', `the institution's key cannot be used: ${error.message}`, USE_AGAIN_MS, { cause: error }) : error;
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof Pkcs11Error) return TOKEN_REASONS[error.code];
  return error instanceof SmError ? FILE_REASONS[error.code] : undefined;
}
