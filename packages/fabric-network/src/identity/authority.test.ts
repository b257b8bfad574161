import assert from 'node:assert/strict';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { createAuthority, enrol, issueTls } from './authority.ts';
import { certificateFacts } from './certificate.ts';
import { signerFromPem } from './signer.ts';

const day = 86_400_000;

describe('authority of an institution', () => {
  it('enrols identities with their role as unit', async () => {
    const authority = await createAuthority({ mspId: 'Alpha', purpose: 'identity', days: 10 });
    for (const role of ['orderer', 'peer', 'client', 'admin'] as const) {
      const issued = await enrol({ authority, commonName: `the ${role}`, role, days: 1 });
      const facts = certificateFacts(issued.certificatePem);
      assert.deepEqual([facts.commonName, facts.organisationalUnits, facts.isAuthority, facts.notAfter], [`the ${role}`, [role], false, issued.notAfter]);
      assert.ok(new X509Certificate(issued.certificatePem).verify(new X509Certificate(authority.certificatePem).publicKey));
    }
    assert.equal(certificateFacts(authority.certificatePem).isAuthority, true);
  });

  it('never outlives itself', async () => {
    const authority = await createAuthority({ mspId: 'Alpha', purpose: 'identity', days: 2 });
    const { notAfter } = await enrol({ authority, commonName: 'peer0', role: 'peer', days: 100 });
    assert.equal(notAfter, certificateFacts(authority.certificatePem).notAfter);
    assert.ok(Math.abs(notAfter - Date.now() - 2 * day) < 60_000);
  });

  it('issues TLS certificates for names and addresses, for a new key or the same again', async () => {
    const authority = await createAuthority({ mspId: 'Alpha', purpose: 'tls', days: 10 });
    const first = await issueTls({ authority, dnsNames: ['peer.alpha.example'], ipAddresses: ['127.0.0.1'], days: 1 });
    const certificate = new X509Certificate(first.certificatePem);
    assert.equal(certificate.checkHost('peer.alpha.example'), 'peer.alpha.example');
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
    const again = await issueTls({ authority, dnsNames: ['peer.alpha.example'], days: 2, privateKeyPem: first.privateKeyPem });
    assert.equal(again.privateKeyPem, first.privateKeyPem);
    assert.ok(new X509Certificate(again.certificatePem).publicKey.equals(certificate.publicKey));
    assert.notEqual(again.certificatePem, first.certificatePem);
    const fresh = await issueTls({ authority, dnsNames: ['peer.alpha.example'], days: 2 });
    assert.ok(!new X509Certificate(fresh.certificatePem).publicKey.equals(certificate.publicKey));
  });

  it('refuses what it cannot issue', async () => {
    const authority = await createAuthority({ mspId: 'Alpha', purpose: 'identity', days: 10 });
    const leaf = await enrol({ authority, commonName: 'peer0', role: 'peer', days: 1 });
    await assert.rejects(createAuthority({ mspId: 'Al pha', purpose: 'identity', days: 1 }), { code: 'MSP_ID_INVALID' });
    await assert.rejects(createAuthority({ mspId: 'Alpha', purpose: 'identity', days: 0 }), { code: 'CERTIFICATE_OPTIONS', field: 'days' });
    await assert.rejects(enrol({ authority, commonName: '', role: 'peer', days: 1 }), { code: 'CERTIFICATE_OPTIONS', field: 'commonName' });
    await assert.rejects(issueTls({ authority, dnsNames: [], days: 1 }), { code: 'CERTIFICATE_OPTIONS', field: 'dnsNames' });
    await assert.rejects(enrol({ authority: leaf, commonName: 'x', role: 'admin', days: 1 }), { code: 'CERTIFICATE_INVALID', field: 'authority.certificatePem' });
    await assert.rejects(enrol({ authority: { ...authority, privateKeyPem: 'none' }, commonName: 'x', role: 'admin', days: 1 }), { code: 'CERTIFICATE_INVALID', field: 'authority.privateKeyPem' });
  });
});

describe('signer', () => {
  it('signs with a low S, which Fabric demands', async () => {
    const authority = await createAuthority({ mspId: 'Alpha', purpose: 'identity', days: 10 });
    const issued = await enrol({ authority, commonName: 'admin', role: 'admin', days: 1 });
    const signer = signerFromPem('Alpha', issued);
    const halfOrder = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;
    for (let index = 0; index < 32; index += 1) {
      const message = createHash('sha256').update(String(index)).digest();
      const signature = Buffer.from(await signer.sign(message));
      assert.ok(verify('sha256', message, new X509Certificate(issued.certificatePem).publicKey, signature));
      const lengthOfR = signature[3] as number;
      const s = BigInt(`0x${signature.subarray(6 + lengthOfR).toString('hex')}`);
      assert.ok(s <= halfOrder);
    }
  });

  it('refuses a key of another certificate', async () => {
    const authority = await createAuthority({ mspId: 'Alpha', purpose: 'identity', days: 10 });
    const [a, b] = [await enrol({ authority, commonName: 'a', role: 'client', days: 1 }), await enrol({ authority, commonName: 'b', role: 'client', days: 1 })];
    assert.throws(() => signerFromPem('Alpha', { ...a, privateKeyPem: b.privateKeyPem }), { code: 'CERTIFICATE_INVALID', field: 'privateKeyPem' });
    assert.throws(() => signerFromPem('Alpha', { ...a, privateKeyPem: 'none' }), { code: 'CERTIFICATE_INVALID', field: 'privateKeyPem' });
    assert.throws(() => signerFromPem('', a), { code: 'MSP_ID_INVALID' });
  });
});
