import {
  EnvelopeError,
  type EnvelopeErrorCode,
  type SignedTransaction,
  type TransactionPayload,
  type VerifiedCaller,
  approvalActions,
  consentActions,
  taskOf,
  verifyTransaction,
} from '@collabnet/envelope';
import { type RegisteredDid, keyAt } from '@collabnet/did';
import { candidateKey } from '../membership/candidate.ts';
import { recoveredKey } from '../recovery/recovered-key.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import type { BlockInfo } from './context.ts';
import { ContractError, type ContractErrorCode } from './contract-error.ts';
import { load } from './store.ts';

const DAY = 86_400_000;

/** A consent may lie in a repository for long before an operator relays it; a command is sent at once. */
const MAX_LIFETIME_MS = { consent: 366 * DAY, other: DAY };

const CODES: Readonly<Record<EnvelopeErrorCode, ContractErrorCode>> = {
  SCHEMA_UNSUPPORTED: 'INVALID_ARGUMENT',
  MALFORMED: 'INVALID_ARGUMENT',
  LIFETIME_TOO_LONG: 'INVALID_ARGUMENT',
  JSON_UNSUPPORTED: 'INVALID_ARGUMENT',
  SEALED_UNREADABLE: 'INVALID_ARGUMENT',
  NETWORK_MISMATCH: 'WRONG_NETWORK',
  EXPIRED: 'EXPIRED',
  SIGNATURE_INVALID: 'INVALID_SIGNATURE',
  KEY_UNKNOWN: 'INVALID_SIGNATURE',
  DELEGATION_INVALID: 'FORBIDDEN',
  CONSENT_NEEDS_PERSON_KEY: 'CONSENT_REQUIRED',
};

/**
 * Verifies a transaction against the keys that hold at the block's height.
 *
 * @throws ContractError INVALID_ARGUMENT, WRONG_NETWORK, EXPIRED, INVALID_SIGNATURE, CONSENT_REQUIRED, FORBIDDEN
 */
export function verifyCaller(state: Pick<WorldState, 'get'>, block: BlockInfo, tx: SignedTransaction): VerifiedCaller {
  const payload = (tx as Partial<SignedTransaction> | undefined)?.payload;
  const action = `${payload?.contract ?? ''}.${payload?.method ?? ''}`;
  try {
    return verifyTransaction(tx, {
      network: block.networkId,
      now: block.time,
      maxLifetimeMs: payload?.kind === 'Approval' && approvalActions.includes(action) ? MAX_LIFETIME_MS.consent : MAX_LIFETIME_MS.other,
      taskOf: flowOf,
      keyAt(did, keyId) {
        const record = load<RegisteredDid>(state, keys.did(did));
        if (record === undefined) return candidateKey(block.networkId, payload, did, keyId);
        const publicKey = keyAt(record, keyId, block.height, 'sign');
        if (publicKey === undefined) return recoveredKey(state, payload, record, keyId);
        const { principalType, controller } = record;
        return controller === undefined ? { publicKey, principalType } : { publicKey, principalType, controller };
      },
    });
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    const consent = error.code === 'DELEGATION_INVALID' && consentActions.includes(action);
    const clock = error.code === 'EXPIRED' || error.code === 'LIFETIME_TOO_LONG';
    throw new ContractError(consent ? 'CONSENT_REQUIRED' : CODES[error.code], error.message, { cause: error, ...(clock && { field: 'expires' }) });
  }
}

/** The flow that a delegation may be bound to. */
function flowOf(payload: TransactionPayload): string | undefined {
  const flowId = payload.public['flowId'];
  return typeof flowId === 'string' ? flowId : taskOf(payload);
}
