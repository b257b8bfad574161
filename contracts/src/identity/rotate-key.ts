import { type RegisteredDid, publicKeyHexSchema } from '@collabnet/did';
import { digestOf } from '@collabnet/envelope';
import { sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import { assertDigest, consentArgs } from '../core/consent.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod, parseArgs } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { replacedKeys } from './replaced-keys.ts';
import { rotationStatement } from './rotation-proof.ts';

const proof = z.string().max(128);
const command = z.strictObject({
  newSignKey: publicKeyHexSchema.optional(),
  newAgreeKey: publicKeyHexSchema.optional(),
  proof: proof.optional(),
});
/** A person's rotation comes as an Approval: the subject is its own DID, the digest that of the body. */
const approval = consentArgs('KeyRotation', ['Approve']).extend({
  body: z.strictObject({ newSignKey: publicKeyHexSchema, proof }),
});

/**
 * A subject replaces its keys, signed with the key that still holds. The new signing key proves itself by a signature,
 * so that nobody locks itself out with a mistyped one. The old key holds up to and including this height.
 */
export const rotateKey = defineMethod('identity.rotateKey', z.looseObject({}), (context, args) => {
  const { state, caller, networkId, height } = context;
  const did = caller.principal.id;
  if (caller.via !== 'key')
    throw new ContractError('FORBIDDEN', 'identity.rotateKey: sign with the own key, not by delegation');
  const change = 'subject' in args ? approvedChange(did, args) : parseArgs(command, args);
  const { newSignKey, newAgreeKey } = change;
  if (
    newSignKey !== undefined &&
    !sm2Verify(rotationStatement(networkId, did, newSignKey), change.proof ?? '', newSignKey)
  ) {
    throw new ContractError('PROOF_INVALID', 'proof: not a signature of newSignKey over the rotation statement', {
      field: 'proof',
    });
  }
  const record = loadOrThrow<RegisteredDid>(state, keys.did(did), 'such DID', 'did');
  const next = replacedKeys(record, { height: height + 1, newSignKey, newAgreeKey });
  save(state, keys.did(did), next);
  context.emit('identity.rotated', did, { version: next.version });
  return next;
});

function approvedChange(did: string, args: unknown): z.infer<typeof command> {
  const { subject, body } = parseArgs(approval, args);
  if (subject.id !== did) {
    throw new ContractError('FORBIDDEN', 'subject.id: a person rotates its own key only', { field: 'subject.id' });
  }
  assertDigest(subject.digest, digestOf(body));
  return body;
}
