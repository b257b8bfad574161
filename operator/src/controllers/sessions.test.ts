import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LedgerError } from '@collabnet/ledger';
import { StalledError, WaitError } from '../runtime/index.ts';
import { asReconcileError } from './sessions.ts';

it('asReconcileError waits for what passes and for a clock to be corrected, and leaves refusals to a person', () => {
  const of = (code: string): unknown => asReconcileError(new LedgerError(code, 'because'), 'the approval');
  for (const [code, reason] of [['TIMEOUT', 'LedgerUnavailable'], ['CLOCK_SKEW', 'ClockSkew']] as const) {
    const error = of(code);
    assert.ok(error instanceof WaitError, code);
    assert.deepEqual([error.reason, error.message], [reason, 'the approval: because']);
  }
  const refused = of('GRANT_EXPIRED');
  assert.ok(refused instanceof StalledError);
  assert.deepEqual([refused.reason, refused.message], ['GrantExpired', 'the approval was refused by the ledger: because']);
  const other = new Error('other');
  assert.equal(asReconcileError(other, 'the approval'), other);
});
