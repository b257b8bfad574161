import { randomBytes, toBytes, toHex } from '@collabnet/sm';
import { digestOf, canonicalJson } from './json.ts';
import { transactionSchemaId } from './types.ts';
import type { Json } from './json.ts';
import type { SignedTransaction, Signer, TransactionPayload } from './types.ts';

/** Lifetime that {@link newPayload} gives, ms. */
export const defaultTtlMs = 15 * 60 * 1000;

/** What {@link newPayload} needs; nonce, expiry and empty lists are filled in. */
export type NewPayloadInput = Pick<
  TransactionPayload,
  'network' | 'kind' | 'contract' | 'method' | 'principal' | 'keyId' | 'public'
> &
  Partial<Pick<TransactionPayload, 'nonce' | 'expires' | 'head' | 'delegations' | 'audience' | 'sealed'>> & {
    /** Lifetime from now, ms; 15 minutes when absent. Without meaning when `expires` is given. */
    ttlMs?: number;
  };

/** A payload with a random nonce and an expiry by this machine's clock. Seal under the nonce by giving one yourself. */
export function newPayload(input: NewPayloadInput): TransactionPayload {
  const { network, kind, contract, method, head, principal, keyId, sealed } = input;
  return {
    schema: transactionSchemaId,
    network,
    kind,
    contract,
    method,
    nonce: input.nonce ?? newNonce(),
    expires: input.expires ?? Date.now() + (input.ttlMs ?? defaultTtlMs),
    ...(head ? { head } : {}),
    principal,
    keyId,
    delegations: input.delegations ?? [],
    audience: input.audience ?? [],
    public: input.public,
    ...(sealed ? { sealed } : {}),
  };
}

/** 16 random bytes in hex. */
export function newNonce(): string {
  return toHex(randomBytes(16));
}

/** The octets that are signed: RFC 8785 form in UTF-8. @throws EnvelopeError JSON_UNSUPPORTED */
export function transactionBytes(payload: TransactionPayload): Uint8Array {
  return toBytes(canonicalJson(payload));
}

/** Transaction id: SM3 of the canonical payload, 64 hex digits. @throws EnvelopeError JSON_UNSUPPORTED */
export function transactionDigest(payload: TransactionPayload): string {
  return digestOf(payload as unknown as Json);
}

/** Signs a payload. @throws EnvelopeError JSON_UNSUPPORTED */
export async function signTransaction(payload: TransactionPayload, sign: Signer): Promise<SignedTransaction> {
  return { payload, signature: await sign(transactionBytes(payload)) };
}
