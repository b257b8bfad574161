import { canonicalJson, digestOf } from '@collabnet/envelope';
import { sm2Sign, sm2Verify } from '@collabnet/sm';
import { ContractError } from '../core/contract-error.ts';
import type { RecoverySet, RecoverySetRecord, RecoverySignature, RecoveryStatement } from './record.ts';

/** Id of a request to recover: the subject of votes and vetoes. */
export function recoveryId(statement: RecoveryStatement): string {
  return digestOf(statement);
}

/** Signature of a recovery key over a statement, base64url. */
export function signRecovery(privateKey: string, statement: RecoveryStatement): string {
  return sm2Sign(recoveryText(statement), privateKey);
}

/** What a recovery key signs to replace an institution's keys. */
export function recoveryText(statement: RecoveryStatement): string {
  return canonicalJson(['collabnet.dev/recovery/v1', statement]);
}

/** What enough keys of the set in force sign to replace that set; its version makes the text good for once. */
export function recoverySetText(networkId: string, did: string, version: number, set: RecoverySet): string {
  return canonicalJson(['collabnet.dev/recovery-set/v1', networkId, did, version, set.threshold, [...set.keys]]);
}

/**
 * Demands valid signatures of enough different keys of a set.
 *
 * @throws ContractError PROOF_INVALID
 */
export function assertSigned(set: RecoverySetRecord, text: string, signatures: readonly RecoverySignature[]): void {
  const signed = new Set<string>();
  for (const { key, signature } of signatures) {
    if (set.keys.includes(key) && sm2Verify(text, signature, key)) signed.add(key);
  }
  if (signed.size >= set.threshold) return;
  throw new ContractError(
    'PROOF_INVALID',
    `signatures: ${signed.size} of the recovery keys have signed this; ${set.threshold} of ${set.keys.length} must`,
    { field: 'signatures' },
  );
}
