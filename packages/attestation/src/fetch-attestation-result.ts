import { AttestationError } from './error.ts';
import { LONGEST_TOKEN, TOKEN_TYPE } from './token.ts';

/** What the environment answers with while its verifier is slow. */
const patienceMs = 30_000;

/**
 * Asks the environment that this process runs in for an attestation result: `GET <url>/v1/attestation-result?nonce=<nonce>`, answered
 * with a JWT. Whatever answers collects evidence of the platform with the nonce in it and has a verifier appraise it.
 *
 * @param url of the attester, which only this pod reaches
 * @param nonce base64url
 * @throws AttestationError ATTESTATION_UNAVAILABLE; the reason of the signal
 */
export async function fetchAttestationResult(url: string, nonce: string, signal: AbortSignal): Promise<string> {
  const address = new URL(`/v1/attestation-result?nonce=${encodeURIComponent(nonce)}`, url);
  const token = await ask(address, signal);
  if (token.length > LONGEST_TOKEN) throw new AttestationError('ATTESTATION_UNAVAILABLE', `attester at ${url}: its result has more than ${LONGEST_TOKEN} characters`);
  return token.trim();
}

async function ask(address: URL, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(address, { headers: { accept: TOKEN_TYPE }, signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
    if (response.ok) return await response.text();
    throw new Error(`it answers ${response.status}`);
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
    throw new AttestationError('ATTESTATION_UNAVAILABLE', `attester at ${address.origin}: gives no attestation result: ${why}`, { cause });
  }
}
