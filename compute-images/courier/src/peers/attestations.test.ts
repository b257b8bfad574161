import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { simulatedAttestationResult } from '@collabnet/attestation/simulator';
import { SIMULATOR_VERIFIER } from '@collabnet/flow';
import { createLogger } from '@collabnet/telemetry';
import type { CourierJob } from '@collabnet/wire';
import { Attestations } from './attestations.ts';

const party = (name: string): CourierJob['self'] => ({ name, did: `did:collab:${'0'.repeat(32)}:${name}`, token: '0'.repeat(16) });
const [a, b, host] = [party('a'), party('b'), party('host')];
const nonce = 'n'.repeat(43);

describe('attestations of a step', () => {
  let server: Server;
  let attester = '';
  before(async () => {
    server = createServer((request, response) => {
      void simulatedAttestationResult(new URL(request.url ?? '', 'http://x').searchParams.get('nonce') ?? '').then((token) => response.end(token));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    attester = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const of = (self: CourierJob['self'], trustedHost: CourierJob['trustedHost']): Attestations => {
    const peers = [a, b, host].filter((each) => each !== self);
    return new Attestations({ self, peers, ...(trustedHost && { trustedHost }) } as CourierJob, createLogger('test', { level: 'silent' }));
  };
  const simulated = { party: 'host', verifier: SIMULATOR_VERIFIER, simulated: true };

  test('host and peer come to the same record of what was shown', async () => {
    const [ofHost, ofPeer] = [of(host, { ...simulated, attester }), of(a, simulated)];
    const token = await ofHost.attest(a, AbortSignal.timeout(5000))?.(nonce);
    await ofPeer.verify(host)?.(token, nonce);
    assert.match(ofHost.record?.results[a.did] ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual([ofHost.record?.host, ofPeer.record], [host.did, { host: host.did, results: { [host.did]: ofHost.record?.results[a.did] ?? '' } }]);
  });

  test('the host alone attests, and is asked by all others', () => {
    assert.equal(of(a, simulated).attest(host, AbortSignal.timeout(1)), undefined);
    assert.equal(of(a, simulated).verify(b), undefined);
    assert.equal(of(host, { ...simulated, attester }).verify(a), undefined);
    assert.equal(of(a, undefined).verify(host), undefined);
    assert.equal(of(a, undefined).record, undefined);
  });

  test('what is missing is said with the name of whose it is', async () => {
    const real = of(a, { party: 'host', verifier: 'v'.repeat(43), simulated: false });
    await assert.rejects(real.verify(host)!(await simulatedAttestationResult(nonce), nonce), { code: 'ATTESTATION_REFUSED', retryable: false, message: new RegExp(`^${host.did}: shows an attestation result signed by the key ${SIMULATOR_VERIFIER}`) });
    await assert.rejects(real.verify(host)!(undefined, nonce), { code: 'ATTESTATION_REFUSED', message: /shows no attestation result/ });
    const away = of(host, { ...simulated, attester: 'http://127.0.0.1:9' });
    await assert.rejects(away.attest(a, AbortSignal.timeout(5000))!(nonce), { code: 'ATTESTATION_UNAVAILABLE', retryable: true, message: /of this institution: attester at/ });
  });
});
