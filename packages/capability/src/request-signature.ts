import { canonicalJson } from '@collabnet/envelope';
import { randomBytes, sm2Verify, toBase64Url } from '@collabnet/sm';
import { z } from 'zod';
import { CapabilityError } from './errors.ts';

/** What a person signs to make one HTTP request. */
export interface RequestStatement {
  /** Upper case. */
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** RFC 3339, UTC. */
  readonly date: string;
  readonly nonce: string;
  /** DID of the person. */
  readonly signer: string;
  /** Full key id, `<did>#key-1`. */
  readonly keyId: string;
}

/** Headers of a signed request, lower case. */
export const requestSignatureHeaders = {
  signer: 'collabnet-signer',
  keyId: 'collabnet-key-id',
  date: 'collabnet-date',
  nonce: 'collabnet-nonce',
  signature: 'collabnet-signature',
} as const;

/** The text that is signed: canonical JSON with a schema of its own, so that no other signature can stand in for it. */
export function requestText(statement: RequestStatement): string {
  const { method, path, date, nonce, signer, keyId } = statement;
  return canonicalJson({ schema: 'collabnet.dev/request/v1', method, path, date, nonce, signer, keyId });
}

/**
 * Headers for one request by a person.
 *
 * @param sign `sm2Sign` with the person's key, or a key store
 * @param now epoch ms, default the clock
 */
export async function signRequest(
  request: Pick<RequestStatement, 'method' | 'path' | 'signer' | 'keyId'>,
  sign: (message: string) => string | Promise<string>,
  now: number = Date.now(),
): Promise<Record<string, string>> {
  const statement: RequestStatement = { ...request, date: new Date(now).toISOString(), nonce: toBase64Url(randomBytes(16)) };
  const names = requestSignatureHeaders;
  return {
    [names.signer]: statement.signer,
    [names.keyId]: statement.keyId,
    [names.date]: statement.date,
    [names.nonce]: statement.nonce,
    [names.signature]: await sign(requestText(statement)),
  };
}

export interface SignedRequest extends RequestStatement {
  readonly signature: string;
}

const headersSchema = z.object({
  [requestSignatureHeaders.signer]: z.string().min(1).max(256),
  [requestSignatureHeaders.keyId]: z.string().min(1).max(300),
  [requestSignatureHeaders.date]: z.iso.datetime(),
  [requestSignatureHeaders.nonce]: z.string().regex(/^[A-Za-z0-9_-]{16,128}$/),
  [requestSignatureHeaders.signature]: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});

/**
 * Reads the headers and checks the date; the key is for the caller to find out, the nonce for it to remember.
 *
 * @param clock.toleranceMs largest difference of date and `now`
 * @throws CapabilityError REQUEST_MALFORMED, REQUEST_DATE
 */
export function readSignedRequest(
  request: { method: string; path: string; headers: Readonly<Record<string, unknown>> },
  clock: { now: number; toleranceMs: number },
): SignedRequest {
  const parsed = headersSchema.safeParse(request.headers);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? 'headers';
    throw new CapabilityError('REQUEST_MALFORMED', `Signed request: header ${field} is missing or malformed.`, { field });
  }
  const names = requestSignatureHeaders;
  const date = parsed.data[names.date];
  if (Math.abs(Date.parse(date) - clock.now) > clock.toleranceMs) {
    throw new CapabilityError('REQUEST_DATE', `Signed request: date is more than ${clock.toleranceMs / 1000} s off; check the clock and sign again.`, { field: names.date });
  }
  return {
    method: request.method, path: request.path, date, nonce: parsed.data[names.nonce], signer: parsed.data[names.signer],
    keyId: parsed.data[names.keyId], signature: parsed.data[names.signature],
  };
}

/** Checks the signature with the key that the ledger holds for `keyId`. @throws CapabilityError REQUEST_SIGNATURE */
export function verifySignedRequest(request: SignedRequest, publicKey: string): void {
  if (!sm2Verify(requestText(request), request.signature, publicKey)) {
    throw new CapabilityError('REQUEST_SIGNATURE', 'Signed request: signature does not fit method, path, date and nonce.', { field: requestSignatureHeaders.signature });
  }
}
