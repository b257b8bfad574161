import { type RegisteredDid } from '@collabnet/did';
import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow, save, stamp } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { type RecoverySetRecord, recoverySetSchema, recoverySignatureSchema } from './record.ts';
import { assertSigned, recoverySetText } from './statement.ts';

/**
 * An institution registers the keys that may replace its own. The first set needs the institution's key only; a later
 * one also enough signatures of the set in force, so that a stolen institution key cannot shut its owner out.
 */
export const registerRecovery = defineMethod(
  'identity.registerRecovery',
  recoverySetSchema.extend({ signatures: z.array(recoverySignatureSchema).max(16).optional() }),
  (context, { threshold, keys: wanted, signatures = [] }) => {
    const { state, caller, networkId, height } = context;
    const did = caller.institution;
    if (caller.via !== 'key') throw new ContractError('FORBIDDEN', 'identity.registerRecovery: sign with the own key');
    const set = { threshold, keys: [...wanted].sort() };
    checkSet(set, loadOrThrow<RegisteredDid>(state, keys.did(did), 'such DID', 'did'));
    const known = load<RecoverySetRecord>(state, keys.recoverySet(did));
    if (known !== undefined && known.threshold === threshold && known.keys.join() === set.keys.join()) return known;
    const version = (known?.version ?? 0) + 1;
    if (known !== undefined) assertSigned(known, recoverySetText(networkId, did, version, set), signatures);
    const record: RecoverySetRecord = { ...stamp('recovery-set'), did, ...set, version, height };
    save(state, keys.recoverySet(did), record);
    context.emit('identity.recovery-registered', did, { threshold, keys: set.keys.length, version });
    return record;
  },
);

function checkSet(set: { threshold: number; keys: readonly string[] }, record: RegisteredDid): void {
  const refuse = (field: string, why: string): never => {
    throw new ContractError('INVALID_ARGUMENT', `${field}: ${why}`, { field });
  };
  if (new Set(set.keys).size !== set.keys.length) refuse('keys', 'each key counts once; remove the one that is repeated');
  if (set.threshold > set.keys.length) refuse('threshold', `${set.threshold} of ${set.keys.length} keys can never sign`);
  const own = Object.values(record.keys).map((key) => key.publicKey);
  if (set.keys.some((key) => own.includes(key))) refuse('keys', "one is a key of the institution itself; make another");
}
