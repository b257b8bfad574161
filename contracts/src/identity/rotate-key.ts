import { DidError, type RegisteredDid, publicKeyHexSchema, rotateKey as rotate } from '@collabnet/did';
import { SmError, sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { rotationStatement } from './rotation-proof.ts';

/**
 * A subject replaces its keys, signed with the key that still holds. The new signing key proves itself by a signature,
 * so that nobody locks itself out with a mistyped one. The old key holds up to and including this height.
 */
export const rotateKey = defineMethod(
  'identity.rotateKey',
  z.strictObject({
    newSignKey: publicKeyHexSchema.optional(),
    newAgreeKey: publicKeyHexSchema.optional(),
    proof: z.string().max(128).optional(),
  }),
  (context, { newSignKey, newAgreeKey, proof }) => {
    const { state, caller, networkId, height } = context;
    const did = caller.principal.id;
    if (caller.via !== 'key')
      throw new ContractError('FORBIDDEN', 'identity.rotateKey: sign with the own key, not by delegation');
    if (
      newSignKey !== undefined &&
      !sm2Verify(rotationStatement(networkId, did, newSignKey), proof ?? '', newSignKey)
    ) {
      throw new ContractError('PROOF_INVALID', 'proof: not a signature of newSignKey over the rotation statement', {
        field: 'proof',
      });
    }
    const record = loadOrThrow<RegisteredDid>(state, keys.did(did), 'such DID', 'did');
    const next = rotated(record, { height: height + 1, newSignKey, newAgreeKey });
    save(state, keys.did(did), next);
    context.emit('identity.rotated', did, { version: next.version });
    return next;
  },
);

function rotated(record: RegisteredDid, change: Parameters<typeof rotate>[1]): RegisteredDid {
  try {
    return rotate(record, change);
  } catch (error) {
    if (!(error instanceof DidError) && !(error instanceof SmError)) throw error;
    throw new ContractError('INVALID_ARGUMENT', error.message, { field: 'newSignKey', cause: error });
  }
}
