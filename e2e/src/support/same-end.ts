import assert from 'node:assert/strict';
import type { Consortium } from '../fixture/consortium.ts';
import { BANK_A } from '../fixture/institutions.ts';
import { historyOf, nothingLeft } from './remains.ts';
import { fetchResult } from './results.ts';
import { succeeded, type SeenTask } from './tasks.ts';

/** Customers that both banks have. */
const COMMON = 600;

/** A task ends as if nothing had happened: its result, one proposal, one receipt of each party, nothing left. */
export async function sameEnd({ bankA, bankB }: Consortium, name: string, rows = COMMON): Promise<SeenTask> {
  const task = await succeeded(name, 240_000);
  const flowId = task.status?.flowID ?? '';
  assert.equal((await fetchResult(BANK_A, name)).rows.length, rows);
  const history = await historyOf(flowId);
  assert.deepEqual(history.receipts(), [`intersect by ${bankA}`, `intersect by ${bankB}`].sort());
  assert.equal(history.recorded('flows', 'propose').length, 1, 'proposed once');
  await nothingLeft(flowId);
  return task;
}
