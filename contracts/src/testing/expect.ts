import assert from 'node:assert/strict';
import type { ContractErrorCode } from '../index.ts';

/** Demands that a transaction or query is refused with a code, and that the message is more than a code. */
export async function refused(attempt: Promise<unknown>, code: ContractErrorCode, field?: string): Promise<void> {
  const error = await attempt.then(
    (value) => assert.fail(`expected ${code}, but it was accepted: ${JSON.stringify(value)?.slice(0, 200)}`),
    (reason: unknown) => reason as { code?: string; message?: string; field?: string },
  );
  assert.equal(error.code, code, error.message);
  assert.ok((error.message ?? '').length > 10);
  if (field !== undefined) assert.equal(error.field, field);
}
