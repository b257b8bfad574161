import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApprovalSpec } from './approval.ts';
import { approvalStatementOf } from './ledger-form.ts';
import { sample } from './testing/samples.ts';

describe('ledger form', () => {
  it('of an approval names network, signer and key', () => {
    const statement = approvalStatementOf('ab'.repeat(32), sample('approval').spec as ApprovalSpec);
    assert.equal(statement.network, 'ab'.repeat(32));
    assert.equal(statement.signer.keyId, `${statement.signer.did}#key-1`);
    assert.equal(statement.expires, Date.parse('2026-11-22T00:00:00Z'));
    assert.equal('body' in statement, false);
  });
});
