import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { certificateFacts, createAuthority, type KeyAndCertificate } from '@collabnet/fabric-network';
import type { SecretStore, SecretValues } from '../../../institution/secret-store.ts';
import { ownIssuers } from './certificate-issuers.ts';
import { certificateIn, DAYS, isDue, keepCertificates } from './certificates.ts';

const DAY = 24 * 3600 * 1000;
const START = Date.parse('2026-01-01T00:00:00Z');

describe('certificates in a Secret', () => {
  let authority: KeyAndCertificate;
  let now = START;
  let held: SecretValues | undefined;
  let writes = 0;
  const secrets = {
    ensure: async (_name: string, make: () => Promise<SecretValues>) => {
      if (held === undefined) writes += 1;
      return (held ??= await make());
    },
    update: (_name: string, change: (values: SecretValues) => SecretValues) => {
      writes += 1;
      return Promise.resolve((held = change(held ?? {})));
    },
  } as unknown as SecretStore;
  const keep = (more?: SecretValues): Promise<SecretValues> => {
    const issuers = ownIssuers({ identity: authority, tls: authority }, now);
    return keepCertificates(secrets, 'x', { identity: issuers.identity('x', { commonName: 'peer', role: 'peer' }) }, more);
  };

  before(async () => {
    authority = await createAuthority({ mspId: 'Bank', purpose: 'identity', days: DAYS.authority, now: START });
  });

  it('are made once, kept while they are fresh, and renewed with the same key in the last third of their life', async () => {
    const first = certificateIn(await keep(), 'identity')!;
    now = START + 240 * DAY;
    assert.deepEqual(certificateIn(await keep(), 'identity'), first);
    assert.equal(writes, 1);
    now = START + 250 * DAY;
    const renewed = certificateIn(await keep(), 'identity')!;
    assert.equal(writes, 2);
    assert.equal(renewed.privateKeyPem, first.privateKeyPem);
    assert.equal(certificateFacts(renewed.certificatePem).notAfter, now + 365 * DAY);
    assert.equal(isDue(renewed.certificatePem, now), false);
  });

  it('come with what follows from others, and are written again only when that changes', async () => {
    await keep({ 'ca.crt': 'one' });
    const before = writes;
    await keep({ 'ca.crt': 'one' });
    assert.equal(writes, before);
    assert.equal((await keep({ 'ca.crt': 'two' }))['ca.crt'], 'two');
    assert.equal(held?.['ca.crt'], 'two');
  });

  it('are renewed by an authority that is about to end as long as it lasts, never beyond it', async () => {
    now = START + (DAYS.authority - 10) * DAY;
    const last = certificateIn(await keep(), 'identity')!;
    assert.equal(certificateFacts(last.certificatePem).notAfter, certificateFacts(authority.certificatePem).notAfter);
  });
});
