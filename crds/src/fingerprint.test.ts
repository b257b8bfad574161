import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateFingerprint } from './fingerprint.ts';
import { CERTIFICATES } from './testing/index.ts';

test('a fingerprint is the one that openssl prints, and there is none of what is no certificate', () => {
  for (const { pem, fingerprint } of CERTIFICATES) {
    assert.equal(certificateFingerprint(pem), fingerprint);
    assert.equal(certificateFingerprint(pem.replaceAll('\n', '\r\n')), fingerprint);
  }
  for (const bad of ['', 'x', '-----BEGIN CERTIFICATE-----\nMIIBAAE=\n-----END CERTIFICATE-----\n']) assert.equal(certificateFingerprint(bad), undefined);
});
