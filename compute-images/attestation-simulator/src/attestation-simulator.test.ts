import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fetchAttestationResult, verifyAttestationResult } from '@collabnet/attestation';
import { SIMULATOR_VERIFIER } from '@collabnet/flow';
import { attestationSimulator } from './attestation-simulator.ts';

describe('the attestation simulator', () => {
  const server = attestationSimulator();
  let url = '';
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  const signal = AbortSignal.timeout(10_000);

  test('gives what the courier asks an environment for', async () => {
    const token = await fetchAttestationResult(url, 'n'.repeat(43), signal);
    const result = await verifyAttestationResult(token, { verifier: SIMULATOR_VERIFIER, simulated: true, nonce: 'n'.repeat(43) });
    assert.equal(result.submods['simulator']?.['ear.status'], 'affirming');
  });

  test('says what it does not take', async () => {
    await assert.rejects(fetchAttestationResult(url, 'short', signal), { code: 'ATTESTATION_UNAVAILABLE', message: /answers 400/ });
    assert.equal((await fetch(`${url}/other`)).status, 404);
  });

  test('that is not there is named', async () => {
    await assert.rejects(fetchAttestationResult('http://127.0.0.1:9', 'n'.repeat(43), signal), { code: 'ATTESTATION_UNAVAILABLE', message: /attester at http:\/\/127\.0\.0\.1:9/ });
  });
});
