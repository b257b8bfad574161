import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { createCa, issueClientCertificate, issueServerCertificate } from './authority.ts';
import { CapabilityError, certificateFingerprint, commonNameOf, needsRenewal } from './index.ts';

test('issued certificates chain to the CA, carry their names and one use', async () => {
  const ca = await createCa({ commonName: 'collabnet CA of bank', days: 365 });
  const server = await issueServerCertificate({ ca, dnsNames: ['data-proxy-1.bank.svc', 'localhost'], ipAddresses: ['127.0.0.1'], ttl: 3600 });
  const client = await issueClientCertificate({ ca, commonName: 'operator', ttl: 3600 });
  const root = new X509Certificate(ca.certificatePem);
  assert.equal(root.ca, true);
  for (const issued of [server, client]) {
    const certificate = new X509Certificate(issued.certificatePem);
    assert.ok(certificate.verify(root.publicKey));
    assert.ok(certificate.checkIssued(root));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(issued.privateKeyPem)));
    assert.equal(certificate.ca, false);
    assert.equal(issued.caPem, ca.certificatePem);
    assert.equal(certificate.validToDate.getTime(), issued.notAfter);
    assert.equal(certificate.fingerprint256.replaceAll(':', '').toLowerCase(), issued.fingerprint);
    assert.equal(certificateFingerprint(certificate.raw), issued.fingerprint);
  }
  const parsed = new X509Certificate(server.certificatePem);
  assert.ok(parsed.checkHost('data-proxy-1.bank.svc') && parsed.checkIP('127.0.0.1') && !parsed.checkHost('other'));
  assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.deepEqual(new X509Certificate(client.certificatePem).keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.equal(commonNameOf(client.certificatePem), 'operator');
});

test('a certificate does not outlive its CA, and is renewed after the given share of its life', async () => {
  const now = Date.now();
  const ca = await createCa({ commonName: 'short', days: 1, now });
  const long = await issueClientCertificate({ ca, commonName: 'c', ttl: 10 * 86_400, now });
  assert.ok(long.notAfter <= now + 86_400_000);
  const hour = await issueClientCertificate({ ca, commonName: 'c', ttl: 3600, now });
  assert.equal(needsRenewal(hour.certificatePem, 2 / 3, now), false);
  assert.equal(needsRenewal(hour.certificatePem, 2 / 3, now + 50 * 60_000), true);
  assert.equal(needsRenewal('garbage', 2 / 3), true);
});

test('wrong options name the field', async () => {
  const ca = await createCa({ commonName: 'x', days: 1 });
  const refused = (field: string) => (error: unknown) => error instanceof CapabilityError && error.code === 'CERTIFICATE_OPTIONS' && error.field === field;
  await assert.rejects(issueServerCertificate({ ca, dnsNames: [], ttl: 1 }), refused('dnsNames'));
  await assert.rejects(issueClientCertificate({ ca, commonName: '', ttl: 1 }), refused('commonName'));
  await assert.rejects(issueClientCertificate({ ca, commonName: 'a', ttl: 0 }), refused('ttl'));
  await assert.rejects(createCa({ commonName: 'x', days: 0 }), refused('days'));
  await assert.rejects(issueClientCertificate({ ca: { ...ca, privateKeyPem: 'x' }, commonName: 'a', ttl: 1 }), { code: 'CERTIFICATE_INVALID' });
});
