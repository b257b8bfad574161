import type { TrustedHost } from '@collabnet/flow';
import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify, type JWK } from 'jose';
import { attestationResultSchema, type AttestationResult } from './attestation-result.ts';
import { AttestationError } from './error.ts';
import { LONGEST_TOKEN } from './token.ts';

/** What a task demands of the result. */
export interface Expectation extends Pick<TrustedHost, 'verifier' | 'policy' | 'simulated'> {
  /** What the environment must have had vouched for, base64url. */
  readonly nonce: string;
}

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256'];
/** Clocks of an environment, its verifier and the reader may differ by this. */
const SKEW_SECONDS = 300;
/** A result is made for one handshake: an older one is of another. */
const OLDEST_SECONDS = 600;

/**
 * What a verifier says of an environment, if it is the verifier of the task and says what the task demands. The token carries the
 * verifier's key; that it is the right one, its thumbprint tells (RFC 7638), to which all parties have consented.
 *
 * @param token compact JWT
 * @throws AttestationError ATTESTATION_REFUSED saying what is missing, never quoting the token
 */
export async function verifyAttestationResult(token: string | undefined, expected: Expectation): Promise<AttestationResult> {
  if (token === undefined) throw refused('shows no attestation result');
  if (token.length > LONGEST_TOKEN) throw refused('shows an attestation result that is too long');
  const { claims, signer } = await signedClaims(token);
  if (signer !== expected.verifier) throw refused(`shows an attestation result signed by the key ${signer}, and the task names ${expected.verifier}`);
  const parsed = attestationResultSchema.safeParse(claims);
  if (!parsed.success) throw refused(`shows an attestation result that is malformed at ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
  const fault = faultOf(parsed.data, expected);
  if (fault !== undefined) throw refused(`shows an attestation result ${fault}`);
  return parsed.data;
}

async function signedClaims(token: string): Promise<{ claims: unknown; signer: string }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, EmbeddedJWK, { algorithms: ALGORITHMS, clockTolerance: SKEW_SECONDS });
    return { claims: payload, signer: await calculateJwkThumbprint(protectedHeader.jwk as JWK) };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw refused('shows an attestation result that has expired', cause);
    throw refused('shows an attestation result that is not signed by the key it carries', cause);
  }
}

function faultOf(result: AttestationResult, { nonce, policy, simulated }: Expectation): string | undefined {
  const now = Date.now() / 1000;
  if (![result.eat_nonce].flat().includes(nonce)) return 'that was made for another key, task, step or attempt';
  if (result.iat > now + SKEW_SECONDS || result.iat < now - OLDEST_SECONDS) return 'that was not made just now; compare the clocks';
  for (const [name, part] of Object.entries(result.submods)) {
    if (part['ear.status'] !== 'affirming') return `by which ${JSON.stringify(name)} is ${part['ear.status']}, not affirming`;
    if (policy !== undefined && part['ear.appraisal-policy-id'] !== policy) return `by which ${JSON.stringify(name)} was not appraised under the policy ${policy}`;
  }
  if ((result['collabnet.simulated'] === true) !== simulated) return simulated ? 'that does not say that it is simulated' : 'of a simulator, which protects nothing';
  return undefined;
}

function refused(message: string, cause?: unknown): AttestationError {
  return new AttestationError('ATTESTATION_REFUSED', message, { cause });
}

