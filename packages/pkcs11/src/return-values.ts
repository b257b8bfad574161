import { Pkcs11Error, type Pkcs11ErrorCode } from './errors.ts';

/** Return values of PKCS#11 2.40 (§5.1) that mean more here than "the token failed". */
export const CKR = {
  ok: 0x00,
  generalError: 0x05,
  deviceRemoved: 0x32,
  encryptedDataInvalid: 0x40,
  encryptedDataLength: 0x41,
  keyHandleInvalid: 0x60,
  keyFunctionNotPermitted: 0x68,
  mechanismInvalid: 0x70,
  mechanismParamInvalid: 0x71,
  objectHandleInvalid: 0x82,
  pinIncorrect: 0xa0,
  pinInvalid: 0xa1,
  pinLengthRange: 0xa2,
  pinLocked: 0xa4,
  sessionClosed: 0xb0,
  sessionHandleInvalid: 0xb3,
  tokenNotPresent: 0xe0,
  userAlreadyLoggedIn: 0x100,
  userNotLoggedIn: 0x101,
  userPinNotInitialized: 0x102,
  notInitialized: 0x190,
  alreadyInitialized: 0x191,
} as const;

/** Flags of CK_TOKEN_INFO (§3.2) about the user's PIN. */
export const CKF_PIN = { finalTry: 0x20_000, locked: 0x40_000 } as const;

const LOST: readonly number[] = [CKR.deviceRemoved, CKR.keyHandleInvalid, CKR.objectHandleInvalid, CKR.sessionClosed, CKR.sessionHandleInvalid, CKR.tokenNotPresent, CKR.userNotLoggedIn, CKR.notInitialized];

/** Whether a new session may help: the old one ended, or what it knew of the token is out of date. */
export function isSessionLost(value: number): boolean {
  return LOST.includes(value);
}

/** Whether C_Decrypt refused the tag. Tokens answer that differently; SoftHSM calls it a general error. */
export function isTagRefused(value: number): boolean {
  return value === CKR.encryptedDataInvalid || value === CKR.encryptedDataLength || value === CKR.generalError;
}

/** The error for a refused login to the named token. */
export function loginError(value: number, token: string): Pkcs11Error {
  switch (value) {
    case CKR.pinIncorrect:
    case CKR.pinInvalid:
    case CKR.pinLengthRange:
      return new Pkcs11Error('PIN_WRONG', `Token ${token}: the PIN is wrong. Give the right one; a token locks its PIN after a few wrong ones.`);
    case CKR.pinLocked:
      return pinLocked(token);
    case CKR.userPinNotInitialized:
      return new Pkcs11Error('PIN_WRONG', `Token ${token}: it has no user PIN yet; its security officer must set one.`);
    default:
      return tokenFailed('C_Login', value, token);
  }
}

/** Whether the token does not accept the PIN, now or at all. */
export function isPinRefused(error: unknown): error is Pkcs11Error {
  return error instanceof Pkcs11Error && ['PIN_WRONG', 'PIN_LAST_TRY', 'PIN_LOCKED'].includes(error.code);
}

/**
 * Refuses a login that could not succeed, or that could lock the PIN.
 *
 * @param flags - `flags` of CK_TOKEN_INFO
 * @throws Pkcs11Error PIN_LOCKED, PIN_LAST_TRY
 */
export function checkPinFlags(flags: bigint, token: string): void {
  if ((flags & BigInt(CKF_PIN.locked)) !== 0n) throw pinLocked(token);
  if ((flags & BigInt(CKF_PIN.finalTry)) !== 0n) {
    throw new Pkcs11Error('PIN_LAST_TRY', `Token ${token}: one more wrong PIN would lock it, so none is tried. Log in once by hand with the right PIN (pkcs11-tool --login --test), then put it where it is read from.`);
  }
}

/** The error for a refused use of the sealing key. */
export function sealingError(call: string, value: number, token: string): Pkcs11Error {
  const code = SEALING[value];
  return code === undefined ? tokenFailed(call, value, token) : new Pkcs11Error(code.code, `Token ${token}: ${code.message} (${call}: ${hex(value)}).`);
}

const SEALING: Partial<Record<number, { code: Pkcs11ErrorCode; message: string }>> = {
  [CKR.mechanismInvalid]: { code: 'SEALING_UNSUPPORTED', message: 'it has no AES-GCM; choose a token that has' },
  [CKR.mechanismParamInvalid]: { code: 'SEALING_UNSUPPORTED', message: 'its AES-GCM takes other parameters than those of PKCS#11 2.40; choose another token' },
  [CKR.keyFunctionNotPermitted]: { code: 'SEALING_UNSUPPORTED', message: 'the sealing key may not encrypt and decrypt; make one with CKA_ENCRYPT and CKA_DECRYPT' },
};

export function tokenFailed(call: string, value: number, token: string): Pkcs11Error {
  return new Pkcs11Error('TOKEN_FAILED', `Token ${token}: ${call} answered ${hex(value)}; see the manual of the module.`);
}

function pinLocked(token: string): Pkcs11Error {
  return new Pkcs11Error('PIN_LOCKED', `Token ${token}: the PIN is locked; its security officer must unlock it (C_InitPIN).`);
}

function hex(value: number): string {
  return `CKR 0x${value.toString(16).padStart(8, '0')}`;
}
