import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPinFlags, isSessionLost, loginError, sealingError } from './return-values.ts';

// SoftHSM never locks a PIN, so what a locked token answers is tried here by the numbers of the standard.
test('what a token answers to a login is told apart', () => {
  const codes = (values: readonly number[]): string[] => values.map((value) => loginError(value, 't').code);
  assert.deepEqual(codes([0xa0, 0xa1, 0xa2, 0x102]), ['PIN_WRONG', 'PIN_WRONG', 'PIN_WRONG', 'PIN_WRONG']);
  assert.deepEqual(codes([0xa4, 0x30]), ['PIN_LOCKED', 'TOKEN_FAILED']);
  assert.match(loginError(0x30, 't').message, /C_Login answered CKR 0x00000030/);
});

test('no PIN is tried on a locked token, or where one failure would lock it', () => {
  assert.throws(() => checkPinFlags(0x40_000n, 't'), { code: 'PIN_LOCKED' });
  assert.throws(() => checkPinFlags(0x20_000n, 't'), { code: 'PIN_LAST_TRY' });
  assert.throws(() => checkPinFlags(0x60_000n, 't'), { code: 'PIN_LOCKED' });
  // CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_INITIALIZED and flags beyond 32 bits.
  checkPinFlags(0x10_008n | (1n << 40n), 't');
});

test('a token without the means to seal is told from one that failed', () => {
  assert.equal(sealingError('C_EncryptInit', 0x70, 't').code, 'SEALING_UNSUPPORTED');
  assert.equal(sealingError('C_EncryptInit', 0x68, 't').code, 'SEALING_UNSUPPORTED');
  assert.equal(sealingError('C_EncryptInit', 0x31, 't').code, 'TOKEN_FAILED');
});

test('a new session is opened for what a new session can mend', () => {
  assert.deepEqual([0x32, 0xb0, 0xb3, 0xe0, 0x101].map(isSessionLost), [true, true, true, true, true]);
  assert.deepEqual([0, 0x30, 0x70, 0xa0].map(isSessionLost), [false, false, false, false]);
});
