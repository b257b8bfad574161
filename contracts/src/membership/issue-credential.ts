import { didSchema } from '@collabnet/did';
import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save, stamp } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { isAdmitted, type CredentialRecord, type MemberRecord } from './record.ts';

/**
 * The host of the hub hands a member its leaf credential in the transaction's sealed part, which only the member can
 * open. Issuing again replaces it.
 */
export const issueCredential = defineMethod(
  'membership.issueCredential',
  z.strictObject({ did: didSchema }),
  (context, { did }) => {
    const { state, transaction, caller, height } = context;
    const { sealed, nonce } = transaction.payload;
    if (sealed === undefined) {
      throw new ContractError(
        'INVALID_ARGUMENT',
        'sealed: put the credential into the sealed part, for the agreement key of the member',
        { field: 'sealed' },
      );
    }
    if (!sealed.recipients.some((recipient) => recipient.keyId.startsWith(`${did}#`))) {
      throw new ContractError('INVALID_ARGUMENT', `sealed.recipients: must name a key of ${did}`, {
        field: 'sealed.recipients',
      });
    }
    const member = loadOrThrow<MemberRecord>(state, keys.member(did), 'such member', 'did');
    // It cannot come without.
    if (!isAdmitted(member))
      throw new ContractError('ILLEGAL_TRANSITION', `did: the member is ${member.state}`, { field: 'did' });
    const record: CredentialRecord = { ...stamp('credential'), did, issuer: caller.institution, sealed, nonce, height };
    save(state, keys.credential(did), record);
    context.emit('membership.credential-issued', did);
    return { did, height };
  },
);
