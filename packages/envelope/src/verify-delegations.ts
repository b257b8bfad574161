import { sm2Verify } from '@collabnet/sm';
import { consentActions } from './consent.ts';
import { delegationBytes } from './delegation.ts';
import { EnvelopeError } from './errors.ts';
import type { Did } from '@collabnet/did';
import type { Json } from './json.ts';
import type { Delegation, TransactionPayload } from './types.ts';
import type { RegisteredSigner, VerificationContext } from './verify.ts';

/** Longest chain: a registered key to a delegate, and that delegate to one more. */
export const maxDelegations = 2;

/** What a valid chain says. */
export interface DelegatedKey {
  /** Key that must have signed the transaction, hex. */
  publicKey: string;
  /** Institution answerable for the chain. */
  institution: Did;
  /** The link that names the principal. */
  delegation: Delegation;
}

/**
 * Checks every link: who gave it, for which actions, task, attempt and time, and its signature.
 * @throws EnvelopeError DELEGATION_INVALID naming the link and the reason
 */
export function verifyDelegations(payload: TransactionPayload, context: VerificationContext): DelegatedKey {
  const chain = payload.delegations;
  if (chain.length > maxDelegations) {
    throw new EnvelopeError(
      'DELEGATION_INVALID',
      `Delegations: ${chain.length} links; at most ${maxDelegations} are allowed.`,
    );
  }
  let institution: Did | undefined;
  let previous: Delegation | undefined;
  for (const [index, link] of chain.entries()) {
    const giver = giverOf(link, previous, payload, context);
    const fault = typeof giver === 'string' ? giver : signatureFault(link, giver);
    if (typeof giver === 'string' || fault) {
      throw new EnvelopeError('DELEGATION_INVALID', `Delegation ${index} (${link.id}): ${fault}.`);
    }
    institution ??= giver.institution;
    previous = link;
  }
  if (!previous || institution === undefined) throw new EnvelopeError('DELEGATION_INVALID', 'Delegations: none given.');
  const { delegate } = previous;
  if (delegate.id !== payload.principal.id || delegate.type !== payload.principal.type) {
    throw new EnvelopeError(
      'DELEGATION_INVALID',
      `Delegation ${chain.length - 1}: the delegate is not the principal of the transaction.`,
    );
  }
  if (delegate.type === 'institution' && !ownsKey(payload, delegate.publicKey, context)) {
    throw new EnvelopeError(
      'DELEGATION_INVALID',
      `Delegation ${chain.length - 1}: the delegate's key is not one that ${delegate.id} has registered.`,
    );
  }
  return { publicKey: delegate.publicKey, institution, delegation: previous };
}

/** `public.task`, or the flow that `public.subject` names; a conflict between the two is no task. */
export function taskOf(payload: TransactionPayload): string | undefined {
  const { task, subject } = payload.public;
  const flow =
    isObject(subject) && subject['kind'] === 'Flow' && typeof subject['id'] === 'string' ? subject['id'] : undefined;
  if (task === undefined) return flow;
  if (typeof task !== 'string' || (flow !== undefined && flow !== task)) return undefined;
  return task;
}

/** `public.attempt` as text. */
export function attemptOf(payload: TransactionPayload): string | undefined {
  const { attempt } = payload.public;
  return typeof attempt === 'string' || typeof attempt === 'number' ? String(attempt) : undefined;
}

/** Who signs for an institution: itself, or the controller of a person or workload. */
export function institutionOf(did: Did, signer: RegisteredSigner): Did | undefined {
  return signer.principalType === 'institution' ? did : signer.controller;
}

function scopeFault(link: Delegation, payload: TransactionPayload, context: VerificationContext): string | undefined {
  const action = `${payload.contract}.${payload.method}`;
  if (link.network !== context.network) return 'made for another network';
  if (context.now < link.notBefore) return 'not valid yet';
  if (context.now >= link.expires) return 'expired';
  if (consentActions.includes(action)) return `${action} is a person's consent and cannot be delegated`;
  if (!link.actions.includes(action)) return `action ${action} not named`;
  const task = (context.taskOf ?? taskOf)(payload);
  if (link.task !== undefined && link.task !== task)
    return 'task not named: public.task must be the task of the delegation';
  if (link.attempt !== undefined && link.attempt !== attemptOf(payload)) {
    return 'attempt not named: public.attempt must be the attempt of the delegation';
  }
  if (!link.delegator.keyId.startsWith(`${link.delegator.id}#`))
    return 'delegator.keyId does not belong to delegator.id';
  return undefined;
}

/** Key that must have signed a link; the institution is known from the first link only. */
type Giver = { publicKey: string; institution?: Did };

function giverOf(
  link: Delegation,
  previous: Delegation | undefined,
  payload: TransactionPayload,
  context: VerificationContext,
): Giver | string {
  const fault = scopeFault(link, payload, context);
  if (fault) return fault;
  if (!previous) return registeredGiver(link, context);
  if (link.delegator.id !== previous.delegate.id) return 'the delegator is not the delegate of the link before';
  return { publicKey: previous.delegate.publicKey };
}

function registeredGiver(link: Delegation, context: VerificationContext): Giver | string {
  const { id, keyId } = link.delegator;
  const signer = context.keyAt(id, keyId);
  if (!signer) return `key ${keyId} of the delegator is unknown or no longer valid`;
  // What a person may do is hers alone; a delegate of hers would speak with the rights of the whole institution.
  if (signer.principalType !== 'institution') return `the delegator is a ${signer.principalType}; only an institution may delegate`;
  return { publicKey: signer.publicKey, institution: id };
}

/** Whether an institution that is named as delegate really signs: a name alone would let anyone pose as it. */
function ownsKey({ principal, keyId }: TransactionPayload, publicKey: string, context: VerificationContext): boolean {
  const own = context.keyAt(principal.id, keyId);
  return own?.principalType === 'institution' && own.publicKey === publicKey;
}

function signatureFault(link: Delegation, giver: Giver): string | undefined {
  return sm2Verify(delegationBytes(link), link.signature, giver.publicKey) ? undefined : 'signature does not verify';
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
