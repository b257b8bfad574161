import { type RegisteredDid } from '@collabnet/did';
import { z } from 'zod';
import { assertDigest, consentArgs } from '../core/consent.ts';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { assertActive } from '../core/rights.ts';
import { load, loadOrThrow, save, stamp } from '../core/store.ts';
import { DEFAULT_RECOVERY_LOCK_MS, type NetworkRules } from '../governance/rules.ts';
import { replacedKeys } from '../identity/replaced-keys.ts';
import { keys } from '../state/keys.ts';
import {
  type RecoveryRequest,
  type RecoverySetRecord,
  type RecoveryStatement,
  recoverySignatureSchema,
  recoveryStatementSchema,
} from './record.ts';
import { assertSigned, recoveryId, recoveryText } from './statement.ts';

const MAX_LIFETIME_MS = 30 * 86_400_000;

/**
 * Enough of an institution's recovery keys replace its keys: subject id and digest are the id of the statement. Anyone
 * of the network may relay it, since the institution itself has lost its key. It waits for a veto of the key in force.
 */
export const recover = defineMethod(
  'identity.recover',
  consentArgs('Recovery', ['Approve']).extend({
    body: z.strictObject({
      statement: recoveryStatementSchema,
      signatures: z.array(recoverySignatureSchema).min(1).max(16),
    }),
  }),
  (context, { subject, body: { statement, signatures } }) => {
    const { state, blockTime } = context;
    const { did } = statement;
    const id = recoveryId(statement);
    assertDigest(subject.digest, id);
    const known = load<RecoveryRequest>(state, keys.recoveryRequest(did, id));
    if (known !== undefined) return known;
    checkStatement(context, statement);
    const set = loadOrThrow<RecoverySetRecord>(state, keys.recoverySet(did), 'recovery set of this DID', 'did');
    assertSigned(set, recoveryText(statement), signatures);
    const effectiveAt = blockTime + lockMs(context);
    const request = { ...newRequest(context, statement, 'Keys'), state: 'Locked' as const, effectiveAt };
    save(state, keys.recoveryRequest(did, id), request);
    context.emit('identity.recovery-locked', did, { id, via: 'Keys', effectiveAt });
    return request;
  },
);

/** How long a recovery waits for a veto in this network, ms. */
export function lockMs({ state }: Pick<ContractContext, 'state'>): number {
  return load<NetworkRules>(state, keys.rules)?.recoveryLockMs ?? DEFAULT_RECOVERY_LOCK_MS;
}

export function newRequest(
  { blockTime }: ContractContext,
  statement: RecoveryStatement,
  via: RecoveryRequest['via'],
): RecoveryRequest {
  const { did } = statement;
  const id = recoveryId(statement);
  return { ...stamp('recovery-request'), id, did, statement, via, state: 'Voting', votes: {}, requestedAt: blockTime };
}

/**
 * Demands that a statement is for this network, in time, about an active institution, and names keys it never had.
 *
 * @throws ContractError WRONG_NETWORK, EXPIRED, FORBIDDEN, NOT_FOUND, INVALID_ARGUMENT
 */
export function checkStatement(context: ContractContext, statement: RecoveryStatement): void {
  const { state, networkId, height } = context;
  const { did, newSignKey, newAgreeKey } = statement;
  if (statement.network !== networkId) {
    throw new ContractError('WRONG_NETWORK', 'statement.network: it was signed for another network', {
      field: 'statement.network',
    });
  }
  checkExpiry(context, statement);
  const record = loadOrThrow<RegisteredDid>(state, keys.did(did), 'such DID', 'statement.did');
  if (record.principalType !== 'institution') {
    throw new ContractError('INVALID_ARGUMENT', 'statement.did: only an institution is recovered; register a person anew', {
      field: 'statement.did',
    });
  }
  assertActive(state, 'identity.recover', did);
  replacedKeys(record, { height: height + 1, newSignKey, newAgreeKey });
}

/** @throws ContractError EXPIRED, INVALID_ARGUMENT */
export function checkExpiry({ blockTime }: ContractContext, { expires }: RecoveryStatement): void {
  const field = 'statement.expires';
  if (expires <= blockTime) throw new ContractError('EXPIRED', `${field}: it passed; sign a new statement`, { field });
  if (expires > blockTime + MAX_LIFETIME_MS) {
    throw new ContractError('INVALID_ARGUMENT', `${field}: must lie in the next 30 days`, { field });
  }
}
