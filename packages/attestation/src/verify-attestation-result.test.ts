import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SIMULATOR_VERIFIER } from '@collabnet/flow';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { simulatedAttestationResult } from './simulator/index.ts';
import { verifyAttestationResult, type Expectation } from './verify-attestation-result.ts';

const nonce = 'A'.repeat(43);
const simulated: Expectation = { verifier: SIMULATOR_VERIFIER, simulated: true, nonce };

/** A verifier with a key of its own. */
async function verifier(): Promise<{ thumbprint: string; sign: (claims: Record<string, unknown>) => Promise<string> }> {
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const claims = (): Record<string, unknown> => ({ eat_profile: 'tag:example.org,2026:ear', iat: Math.floor(Date.now() / 1000), eat_nonce: [nonce], submods: { cpu: { 'ear.status': 'affirming', 'ear.appraisal-policy-id': 'strict' } } });
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    sign: (changes) => new SignJWT({ ...claims(), ...changes }).setProtectedHeader({ alg: 'ES384', jwk }).sign(privateKey),
  };
}

describe('an attestation result', () => {
  test('of the simulator is taken where the task says so', async () => {
    const result = await verifyAttestationResult(await simulatedAttestationResult(nonce), simulated);
    assert.equal(result['collabnet.simulated'], true);
  });

  test('of a real verifier is taken by the thumbprint of its key, and under its policy', async () => {
    const { thumbprint, sign } = await verifier();
    const expected = { verifier: thumbprint, policy: 'strict', simulated: false, nonce };
    await verifyAttestationResult(await sign({}), expected);
    await assert.rejects(verifyAttestationResult(await sign({}), { ...expected, policy: 'other' }), { code: 'ATTESTATION_REFUSED', message: /"cpu" was not appraised under the policy other/ });
  });

  test('is refused with the reason', async () => {
    const { thumbprint, sign } = await verifier();
    const expected = { verifier: thumbprint, simulated: false, nonce };
    const now = Math.floor(Date.now() / 1000);
    const [head, body, signature = ''] = (await sign({})).split('.');
    const altered = [head, body, (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)].join('.');
    const cases: [string | undefined, Expectation, RegExp][] = [
      [undefined, expected, /shows no attestation result/],
      ['x'.repeat(40_000), expected, /too long/],
      ['no.j.wt', expected, /not signed by the key it carries/],
      [altered, expected, /not signed by the key it carries/],
      [await sign({}), simulated, /signed by the key \S{43}, and the task names/],
      [await simulatedAttestationResult(nonce), { ...simulated, simulated: false }, /of a simulator, which protects nothing/],
      [await sign({}), { ...expected, simulated: true }, /does not say that it is simulated/],
      [await sign({}), { ...expected, nonce: 'B'.repeat(43) }, /made for another key, task, step or attempt/],
      [await sign({ iat: now - 3600 }), expected, /not made just now/],
      [await sign({ exp: now - 3600 }), expected, /has expired/],
      [await sign({ submods: { cpu: { 'ear.status': 'warning' } } }), expected, /"cpu" is warning, not affirming/],
      [await sign({ submods: {} }), expected, /malformed at submods/],
      [await sign({ eat_nonce: 7 }), expected, /malformed at eat_nonce/],
    ];
    for (const [token, expectation, message] of cases) await assert.rejects(verifyAttestationResult(token, expectation), { code: 'ATTESTATION_REFUSED', message }, String(message));
  });
});
