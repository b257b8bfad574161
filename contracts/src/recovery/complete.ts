import { type RegisteredDid } from '@collabnet/did';
import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { each } from '../core/page.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { replacedKeys } from '../identity/replaced-keys.ts';
import { keys } from '../state/keys.ts';
import type { RecoveryRequest } from './record.ts';

/**
 * The new key takes over once nobody has vetoed in time. The transaction is signed with that key itself (see
 * `recoveredKey`), which proves that somebody holds it. Other requests about the same institution end.
 */
export const completeRecovery = defineMethod(
  'identity.completeRecovery',
  z.strictObject({ id: z.string().regex(/^[0-9a-f]{64}$/, 'give the 64 hex digits of a request to recover') }),
  (context, { id }) => {
    const { state, caller, blockTime, height } = context;
    const did = caller.principal.id;
    const request = loadOrThrow<RecoveryRequest>(state, keys.recoveryRequest(did, id), 'such request to recover', 'id');
    if (request.state === 'Completed') return request;
    if (request.state !== 'Locked' || caller.via !== 'key') {
      throw new ContractError('ILLEGAL_TRANSITION', `id: the recovery is ${request.state}`, { field: 'id' });
    }
    if (request.effectiveAt === undefined || blockTime < request.effectiveAt) {
      throw new ContractError('TOO_EARLY', `id: it can be vetoed until ${request.effectiveAt ?? 0}; it is ${blockTime}`, {
        field: 'id',
      });
    }
    const record = loadOrThrow<RegisteredDid>(state, keys.did(did), 'such DID', 'did');
    const { newSignKey, newAgreeKey } = request.statement;
    const changed = replacedKeys(record, { height: height + 1, newSignKey, newAgreeKey });
    save(state, keys.did(did), changed);
    endOthers(context, did);
    const next: RecoveryRequest = { ...request, state: 'Completed', decidedAt: blockTime };
    save(state, keys.recoveryRequest(did, id), next);
    // Members vote where the recovery keys could not serve; the institution may then register others.
    if (request.via === 'Vote') state.delete(keys.recoverySet(did));
    context.emit('identity.recovered', did, { id, via: request.via, version: changed.version });
    return next;
  },
);

function endOthers({ state, blockTime }: ContractContext, did: string): void {
  for (const { value } of [...each(state, keys.recoveryRequest(did, ''))]) {
    const other = value as RecoveryRequest;
    if (other.state !== 'Locked' && other.state !== 'Voting') continue;
    save(state, keys.recoveryRequest(did, other.id), { ...other, state: 'Superseded', decidedAt: blockTime });
  }
}
