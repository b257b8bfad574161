import { type RegisteredDid, nextSignKeyId } from '@collabnet/did';
import type { RegisteredSigner, TransactionPayload } from '@collabnet/envelope';
import { load } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import type { RecoveryRequest } from './record.ts';

/**
 * The key that a recovery is about to bring in, which signs the completion and nothing else. Every other method sees
 * only the keys that hold.
 */
export function recoveredKey(
  state: Pick<WorldState, 'get'>,
  payload: TransactionPayload | undefined,
  record: RegisteredDid,
  keyId: string,
): RegisteredSigner | undefined {
  if (payload?.contract !== 'identity' || payload.method !== 'completeRecovery') return undefined;
  const { id } = payload.public;
  if (typeof id !== 'string' || record.deactivatedAtHeight !== undefined || keyId !== nextSignKeyId(record)) return undefined;
  const request = load<RecoveryRequest>(state, keys.recoveryRequest(record.document.id, id));
  if (request?.state !== 'Locked') return undefined;
  return { publicKey: request.statement.newSignKey, principalType: 'institution' };
}
