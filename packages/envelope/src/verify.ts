import { sm2Verify } from '@collabnet/sm';
import { EnvelopeError } from './errors.ts';
import { parseSignedTransaction } from './parse.ts';
import { transactionBytes, transactionDigest } from './transaction.ts';
import { institutionOf, verifyDelegations } from './verify-delegations.ts';
import type { Did } from '@collabnet/did';
import type { Delegation, Principal, TransactionPayload } from './types.ts';

/** What the ledger knows of a signing key at the height in question. */
export interface RegisteredSigner {
  /** Uncompressed hex. */
  publicKey: string;
  principalType: Principal['type'];
  /** Institution of a person or workload. */
  controller?: Did;
}

/** What a transaction is checked against. */
export interface VerificationContext {
  /** Genesis hash, lower-case hex. */
  network: string;
  /** Epoch ms of the block, never a local clock inside a contract. */
  now: number;
  /** A key for signatures that holds now; undefined when unknown, of another purpose, expired or deactivated. */
  keyAt(did: Did, keyId: string): RegisteredSigner | undefined;
  /** Longest time from now to `expires`, ms; a day when absent. */
  maxLifetimeMs?: number;
  /** Task of a transaction, for delegations bound to one; `public.task` when absent. */
  taskOf?(payload: TransactionPayload): string | undefined;
}

/** Who a verified transaction comes from. */
export interface VerifiedCaller {
  principal: Principal;
  /** The institution itself, the person's controller, or the institution of the first delegator. */
  institution: Did;
  via: 'key' | 'delegation';
  /** The link that names the principal; look for revoked ids in all of `payload.delegations`. */
  delegation?: Delegation;
  /** Transaction id. */
  digest: string;
}

/** Longest lifetime when the context gives none, ms. */
export const defaultMaxLifetimeMs = 24 * 60 * 60 * 1000;

/**
 * Checks shape, network, time, keys, delegations and signature, in this order. Replays are for the ledger to refuse:
 * the digest is a unique key.
 * @throws EnvelopeError SCHEMA_UNSUPPORTED, MALFORMED, NETWORK_MISMATCH, EXPIRED, LIFETIME_TOO_LONG, KEY_UNKNOWN,
 * DELEGATION_INVALID, SIGNATURE_INVALID
 */
export function verifyTransaction(transaction: unknown, context: VerificationContext): VerifiedCaller {
  const { payload, signature } = parseSignedTransaction(transaction);
  checkNetworkAndTime(payload, context);
  if (!payload.keyId.startsWith(`${payload.principal.id}#`)) {
    throw new EnvelopeError('MALFORMED', 'Malformed transaction: payload.keyId must be <principal.id>#<fragment>.');
  }
  const signer =
    payload.delegations.length > 0 ? verifyDelegations(payload, context) : registeredSigner(payload, context);
  if (!sm2Verify(transactionBytes(payload), signature, signer.publicKey)) {
    throw new EnvelopeError(
      'SIGNATURE_INVALID',
      `Transaction: the signature is not that of ${payload.keyId} over this payload.`,
    );
  }
  const { principal } = payload;
  const digest = transactionDigest(payload);
  return signer.delegation
    ? { principal, institution: signer.institution, via: 'delegation', delegation: signer.delegation, digest }
    : { principal, institution: signer.institution, via: 'key', digest };
}

function checkNetworkAndTime(payload: TransactionPayload, context: VerificationContext): void {
  const { network, now, maxLifetimeMs = defaultMaxLifetimeMs } = context;
  if (payload.network !== network) {
    throw new EnvelopeError('NETWORK_MISMATCH', `Transaction is for network ${payload.network}; this is ${network}.`);
  }
  if (payload.expires <= now) {
    throw new EnvelopeError('EXPIRED', `Transaction expired at ${payload.expires}; it is ${now}. Sign it anew.`);
  }
  if (payload.expires - now > maxLifetimeMs) {
    throw new EnvelopeError('LIFETIME_TOO_LONG', `Transaction: expires lies more than ${maxLifetimeMs} ms ahead.`);
  }
}

function registeredSigner(
  payload: TransactionPayload,
  context: VerificationContext,
): { publicKey: string; institution: Did; delegation?: undefined } {
  const { principal, keyId } = payload;
  if (principal.scheme !== 'DID') {
    throw new EnvelopeError(
      'KEY_UNKNOWN',
      'An X.509 principal has no registered key; add the delegation that names its key.',
    );
  }
  const signer = context.keyAt(principal.id, keyId);
  if (!signer) throw new EnvelopeError('KEY_UNKNOWN', `Key ${keyId} is unknown or no longer valid.`);
  if (signer.principalType !== principal.type) {
    throw new EnvelopeError(
      'KEY_UNKNOWN',
      `Key ${keyId} is registered to a ${signer.principalType}, not to a ${principal.type}.`,
    );
  }
  const institution = institutionOf(principal.id, signer);
  if (institution === undefined)
    throw new EnvelopeError('KEY_UNKNOWN', `Key ${keyId}: ${principal.id} has no institution.`);
  return { publicKey: signer.publicKey, institution };
}
