import { SignJWT, type JWK } from 'jose';
import type { AttestationResult } from '../attestation-result.ts';

const PUBLIC_KEY: JWK = { kty: 'EC', crv: 'P-256', x: 'UAMs43AQutEyt882kYZa-YUKU37keez2nFbQAH9Y67w', y: 'v1NM_nYgQ0XzzFkWTgFwMdbP76w6Cst5Yc3BnQiifgY' };
/**
 * The key of the simulator stands here for everybody to read: what it signs proves nothing, and is good for nothing but tasks that
 * say SimulatedTrustedExecution.
 */
const KEY: JWK = { ...PUBLIC_KEY, d: 'FAiKDxlGAPpML3vIymrJQwZjZyFQ1PpYCeWTek-dAJo' };
const LIFETIME_SECONDS = 300;

/** What a verifier would say of an environment that it trusts, said of none. */
export function simulatedAttestationResult(nonce: string, changes: Partial<AttestationResult> = {}): Promise<string> {
  const claims = {
    eat_profile: 'tag:collabnet.dev,2026:simulated-attestation-result',
    'ear.verifier-id': { developer: 'collabnet.dev', build: 'attestation-simulator' },
    eat_nonce: nonce,
    submods: { simulator: { 'ear.status': 'affirming', 'ear.appraisal-policy-id': 'none' } },
    'collabnet.simulated': true,
  };
  const issuedAt = Math.floor(Date.now() / 1000);
  return new SignJWT({ iat: issuedAt, exp: issuedAt + LIFETIME_SECONDS, ...claims, ...changes }).setProtectedHeader({ alg: 'ES256', typ: 'JWT', jwk: PUBLIC_KEY }).sign(KEY);
}
