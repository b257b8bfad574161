import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApprovalSpec } from './approval.ts';
import type { StandingGrant } from './grant.ts';
import { approvalStatementOf, grantContentOf } from './ledger-form.ts';
import { grant } from './testing/cases.ts';
import { sample } from './testing/samples.ts';

describe('ledger form', () => {
  it('of a grant leaves out what was not signed and writes times as ms', () => {
    const form = { type: 'Period', notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-02-01T00:00:00.5Z' };
    const content = grantContentOf('bank-a/customers', grant({ form, revoked: true }) as StandingGrant);
    assert.deepEqual(content.form, { type: 'Period', notBefore: 1767225600000, notAfter: 1769904000500 });
    assert.equal(content.asset, 'bank-a/customers');
    assert.equal('approval' in content || 'revoked' in content, false);
  });

  it('of an approval names network, signer and key', () => {
    const statement = approvalStatementOf('ab'.repeat(32), sample('approval').spec as ApprovalSpec);
    assert.equal(statement.network, 'ab'.repeat(32));
    assert.equal(statement.signer.keyId, `${statement.signer.did}#key-1`);
    assert.equal(statement.expires, Date.parse('2026-11-22T00:00:00Z'));
    assert.equal('body' in statement, false);
  });
});
