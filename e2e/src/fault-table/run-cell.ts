import assert from 'node:assert/strict';
import { HackError, operatorsReady, sleep, waitReady, NETWORK } from '@collabnet/hack';
import type { Consortium } from '../fixture/consortium.ts';
import { BANK_A, BANK_B, INSTITUTIONS } from '../fixture/institutions.ts';
import { historyOf, nothingLeft } from '../support/remains.ts';
import { fetchResult, type Result } from '../support/results.ts';
import { removeTasks, succeeded, taskName } from '../support/tasks.ts';
import { until } from '../support/until.ts';
import { cellName, type Cell, type Fault } from './cell.ts';
import { noteResult } from './note.ts';
import { renewRestarted } from './pods.ts';
import type { CellResult } from './results.ts';
import { Stage } from './stage.ts';
import { WORKS } from './work.ts';

/** Bound of the whole recovery, with two attempts' worth of waiting in it. */
const RECOVERY_MS = 240_000;
/** Within this a result store serves again, ms. */
const SERVED_MS = 60_000;
/** Tasks that are brought to a moment which is over too soon. */
const TRIES = 4;

/** Brings a task to the moment, does what the cell says, and expects the same end as without it. */
export async function runCell(consortium: Consortium, cell: Cell): Promise<void> {
  const names: string[] = [];
  const seen = { attempts: 0, recoverySeconds: 0, reasons: [] as string[] };
  const note = (problem?: string): void =>
    noteResult({
      cell: cellName(cell),
      date: new Date().toISOString().slice(0, 10),
      passed: problem === undefined,
      ...seen,
      ...(problem !== undefined && { problem }),
    });
  try {
    await cell.row.before?.();
    const { stage, fault } = await reached(consortium, cell, names);
    const endedAt = await happen(cell, fault, stage);
    if (cell.row.blocksApi === true) await stage.decide();
    await succeeded(stage.name, RECOVERY_MS);
    seen.recoverySeconds = Math.round((performance.now() - endedAt) / 100) / 10;
    const stalls = await sameEnd(stage, seen);
    if (cell.row.sparesPods === true) assert.equal(seen.attempts - stalls, 1, 'the pods go on without it');
    note();
  } catch (error) {
    note((error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 300));
    throw error;
  } finally {
    await cell.row.after?.();
    await removeTasks(...names);
    await inGoodOrder();
  }
}

/** A task at the moment, and what is to happen to it. What is to be hit may have ended by then: then another task is brought there. */
async function reached(consortium: Consortium, { row, action, moment }: Cell, names: string[]): Promise<{ stage: Stage; fault: Fault }> {
  const make = row.actions[action];
  assert.ok(make, `${row.name} can suffer ${action}`);
  for (let nth = 1; ; nth++) {
    const stage = new Stage(consortium, taskName(`${action}-${moment}`), moment, WORKS[row.work ?? 'intersection']);
    names.push(stage.name);
    await stage.reach();
    try {
      return { stage, fault: await make({ flowId: stage.flowId, step: stage.work.step }) };
    } catch (error) {
      if (nth === TRIES || !(error instanceof HackError && error.code === 'NOT_FOUND')) throw error;
    }
  }
}

/**
 * Lets the fault last as long as it should, whatever the persons who go on working meanwhile have to wait for.
 *
 * @returns when it ended, by `performance.now()`
 */
async function happen({ row }: Cell, fault: Fault, stage: Stage): Promise<number> {
  try {
    await fault.begin();
  } catch (error) {
    await fault.end();
    throw error;
  }
  const over = sleep(fault.holdMs).then(() => fault.end()).then(() => performance.now());
  const [ended, decided] = await Promise.allSettled([over, row.blocksApi === true ? undefined : stage.decide()]);
  if (ended.status === 'rejected') throw ended.reason;
  if (decided.status === 'rejected') throw decided.reason;
  return ended.value;
}

/**
 * The same end as if nothing had happened: result, one receipt of each party, a reason for each lost attempt, nothing left.
 *
 * @returns attempts lost to the engine's own defect, which comes without any fault: its library loses a wake-up now and then
 */
async function sameEnd({ name, large, flowId, work }: Stage, seen: Pick<CellResult, 'attempts'> & { reasons: string[] }): Promise<number> {
  const history = await historyOf(flowId);
  const failures = history.recorded('flows', 'fail');
  seen.reasons = [...new Set(failures.map(({ reason }) => String(reason)))];
  seen.attempts = Math.max(...history.recorded('flows', 'reserve').map(({ attempt }) => Number(attempt)));
  assert.ok(failures.every(({ reason }) => typeof reason === 'string' && reason !== ''), 'each lost attempt has its reason');
  assert.equal(history.recorded('flows', 'propose').length, 1, 'proposed once');
  const receipts = history.receipts();
  const each = work.steps.flatMap((step) => ['bank-a', 'bank-b'].map((bank) => `${step} by ${bank}`));
  assert.deepEqual(receipts.map((receipt) => receipt.replace(/did:\S*:/, '')).sort(), each.sort(), `one receipt of each party for each step, not ${receipts.join(', ')}`);
  work.check(await onceServed(name, work.last), large);
  await nothingLeft(flowId);
  return failures.filter(({ reason }) => reason === 'ENGINE_STALLED').length;
}

/** A result store that has not found its way back to the ledger yet says so (503), and the person asks again. */
async function onceServed(name: string, step: string): Promise<Result> {
  let refusal = '';
  return until(
    async () => {
      try {
        return await fetchResult(BANK_A, name, '--step', step);
      } catch (error) {
        refusal = (error as Error).message;
        if (refusal.includes('answered 503')) return undefined;
        throw error;
      }
    },
    SERVED_MS,
    () => `the result was to be served: ${refusal}`,
  );
}

/** What the next cell builds on. */
async function inGoodOrder(): Promise<void> {
  await Promise.all(INSTITUTIONS.map(renewRestarted));
  await operatorsReady([...INSTITUTIONS]);
  for (const { namespace } of INSTITUTIONS) await waitReady(namespace, 'collabnetwork', NETWORK, 120_000);
  for (const { namespace } of [BANK_A, BANK_B]) await waitReady(namespace, 'dataasset', 'customers', 120_000);
}
