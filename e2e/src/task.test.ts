import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apply, cacheDir, get, NETWORK, person, readHdma, splitBetweenBanks, type Table } from '@collabnet/hack';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B } from './fixture/institutions.ts';
import { decide } from './support/approvals.ts';
import { eventually, patch, remove } from './support/objects.ts';
import { historyOf, nothingLeft, receiptsOf } from './support/remains.ts';
import { fetchResult, storedFor, tryFetch } from './support/results.ts';
import { approveAsA, approveAsB, approveAsBoth, ended, mirrorOf, proposed, psiTask, removeTasks, succeeded, taskAt, taskName, type SeenTask } from './support/tasks.ts';

let consortium: Consortium;
let tables: { bankA: Table; bankB: Table; common: number };
before(async () => {
  consortium = await readyConsortium();
  tables = splitBetweenBanks(await readHdma());
});

/** Both key columns of each row, as one text. */
function keysOf({ rows }: { rows: string[][] }): string[] {
  return rows.map((row) => `${row[0]}|${row[1]}`).sort();
}

/** What two sets of customers have in common, or what only the first has. */
function compared(one: Table, other: Table, common: boolean): string[] {
  const known = new Set(keysOf(other));
  return keysOf(one).filter((key) => known.has(key) === common);
}

describe('an intersection that both data managers agreed to', () => {
  const name = taskName('common');
  let flowId: string;
  after(() => removeTasks(name, `${name}-again`));

  test('succeeds with exactly the common customers, by two key columns that each bank names its own way', async () => {
    await apply(BANK_A.namespace, [psiTask(consortium, name)]);
    const waiting = await proposed(name);
    assert.equal(waiting.status?.phase, 'AwaitingApproval');
    flowId = waiting.status?.flowID ?? '';
    await approveAsBoth(name);
    const task = await succeeded(name);
    assert.deepEqual(task.status?.approvals?.map(({ state, via }) => `${state} by ${via}`), ['Approved by Person', 'Approved by Person']);
    const result = await fetchResult(BANK_A, name);
    assert.deepEqual(result.header, ['id_card', 'branch', 'dir']);
    assert.deepEqual(keysOf(result), compared(tables.bankA, tables.bankB, true));
    const dirs = new Map(tables.bankA.rows.map((row) => [`${row[0]}|${row[1]}`, Number(row[2])]));
    for (const row of result.rows) assert.equal(Number(row[2]), dirs.get(`${row[0]}|${row[1]}`));
    assert.equal(task.status?.results?.[0]?.rows, tables.common);
  });

  test("lies in the receiver's store only, and only a person of the receiver can fetch it", async () => {
    assert.ok((await storedFor(BANK_A, flowId)).length > 0);
    assert.deepEqual(await storedFor(BANK_B, flowId), []);
    const mirror = await mirrorOf(name);
    const seen = await get<SeenTask>(BANK_B.namespace, 'computetask', mirror);
    assert.deepEqual(seen?.status?.results ?? [], []);
    const absent = await tryFetch(BANK_B.namespace, mirror, BANK_B.person.name);
    assert.equal(absent.code, 3, absent.stderr);
    // Bank B's manager asks bank A's store, with a true signature and a ParticipantDID that somebody put there.
    const stranger = await person(BANK_B);
    await apply(BANK_A.namespace, [stranger]);
    try {
      const refused = await tryFetch(BANK_A.namespace, name, BANK_B.person.name, '--keys', join(cacheDir, 'demo', 'keys', BANK_B.namespace));
      assert.notEqual(refused.code, 0);
      assert.equal(refused.stdout, '');
      assert.match(refused.stderr, /403: The signer belongs to another institution/);
    } finally {
      await remove(BANK_A.namespace, 'participantdid', stranger.metadata.name);
    }
  });

  test('leaves one receipt of each party on the ledger, and no pod or credential', async () => {
    assert.deepEqual(await receiptsOf(flowId), [`intersect by ${consortium.bankA}`, `intersect by ${consortium.bankB}`].sort());
    await nothingLeft(flowId);
    const seen = await get<SeenTask>(BANK_A.namespace, 'computetask', name);
    assert.deepEqual(seen?.status?.receipts?.map(({ step, party }) => `${step} by ${party}`).sort(), ['intersect by a', 'intersect by b']);
  });

  test('is not run again when the same spec is applied again, also after the task was deleted', async () => {
    await apply(BANK_A.namespace, [psiTask(consortium, name)]);
    await removeTasks(name);
    await apply(BANK_A.namespace, [psiTask(consortium, name)]);
    const task = await succeeded(name, 60_000);
    assert.equal(task.status?.flowID, flowId);
    const history = await historyOf(flowId);
    // Either party may say that the attempt starts, and both may.
    const starts = history.recorded('flows', 'start').map(({ step, attempt }) => `${String(step)} ${String(attempt)}`);
    assert.deepEqual([...new Set(starts)], ['intersect 1']);
    assert.equal(history.receipts().length, 2);
    await nothingLeft(flowId);
  });

  test('is another flow with another run id, which asks for consent anew', async () => {
    const again = `${name}-again`;
    await apply(BANK_A.namespace, [psiTask(consortium, again), psiTask(consortium, `${again}-2`, { purpose: `test ${again}`, runID: '2' })]);
    try {
      const [one, two] = [await proposed(again), await proposed(`${again}-2`)];
      assert.equal(new Set([flowId, one.status?.flowID, two.status?.flowID]).size, 3);
      assert.equal(two.status?.phase, 'AwaitingApproval');
    } finally {
      await removeTasks(`${again}-2`);
    }
  });
});

test('a difference under the wire profile gm goes to the other bank, when the spec names it as the receiver', async () => {
  const name = taskName('only-b');
  await apply(BANK_A.namespace, [psiTask(consortium, name, { operator: 'Difference', receivers: ['b'], wireProfile: 'gm' })]);
  try {
    await approveAsBoth(name);
    const task = await succeeded(name);
    const flowId = task.status?.flowID ?? '';
    assert.deepEqual(await storedFor(BANK_A, flowId), []);
    assert.deepEqual(task.status?.results ?? [], []);
    const mirror = await mirrorOf(name);
    await ended(mirror, 60_000, BANK_B);
    const result = await fetchResult(BANK_B, mirror);
    assert.deepEqual(result.header, ['cert_no', 'office', 'ccs']);
    assert.deepEqual(keysOf(result), compared(tables.bankB, tables.bankA, false));
    await nothingLeft(flowId);
  } finally {
    await removeTasks(name);
  }
});

test('a refusal ends the task for everybody, with the reason that the person gave', async () => {
  const name = taskName('refused');
  await apply(BANK_A.namespace, [psiTask(consortium, name)]);
  try {
    const mirror = await mirrorOf(name);
    await proposed(mirror, BANK_B);
    await approveAsA(name);
    await decide('refuse', BANK_B, mirror, 'not in this quarter');
    const task = await ended(name, 60_000);
    assert.equal(task.status?.phase, 'ApprovalReject');
    assert.equal(task.status?.conditions?.find(({ type }) => type === 'Stalled')?.reason, 'ApprovalRefused');
    assert.match(task.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '', /not in this quarter.*another spec\.runID/);
    await eventually<SeenTask, true>(taskAt(BANK_B, mirror), 'was to be rejected', ({ status }) => status?.phase === 'ApprovalReject' || undefined);
    assert.deepEqual(await receiptsOf(task.status?.flowID ?? ''), []);
    await nothingLeft(task.status?.flowID ?? '');
  } finally {
    await removeTasks(name);
  }
});

test('a task that is deleted while it waits for consent is cancelled on the ledger', async () => {
  const name = taskName('deleted');
  await apply(BANK_A.namespace, [psiTask(consortium, name)]);
  const mirror = await mirrorOf(name);
  await proposed(name);
  await removeTasks(name);
  const seen = await ended(mirror, 90_000, BANK_B);
  assert.equal(seen.status?.phase, 'Cancelled');
  await approveAsB(name).then(
    () => assert.fail('consent to a cancelled task was to be refused'),
    (error: unknown) => assert.match(String(error), /Cancelled: there is nothing to decide/),
  );
});

test('a task that nobody agrees to ends at its deadline', async () => {
  const name = taskName('late');
  await apply(BANK_A.namespace, [psiTask(consortium, name, { approvalTimeout: '8s' })]);
  try {
    const task = await ended(name, 90_000);
    assert.ok(['Failed', 'ApprovalReject', 'Cancelled'].includes(task.status?.phase ?? ''), task.status?.phase);
    assert.match(task.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '', /not all consents and confirmations came in time.*another spec\.runID/);
  } finally {
    await removeTasks(name);
  }
});

test('a task beyond the quota that the other bank gives its proposer waits, and opens when the quota is raised', async () => {
  const name = taskName('quota');
  const setQuota = (runningAttempts: number | null): Promise<void> => patch(BANK_B.namespace, 'collabnetwork', NETWORK, { spec: { quotas: runningAttempts === null ? null : { proposers: [{ did: consortium.bankA, runningAttempts }] } } });
  try {
    await setQuota(0);
    await apply(BANK_A.namespace, [psiTask(consortium, name)]);
    await approveAsBoth(name);
    const waits = await eventually<SeenTask, string>(taskAt(BANK_B, await mirrorOf(name)), 'was to wait for its quota', ({ status }) => status?.conditions?.find(({ type, reason }) => type === 'Ready' && reason === 'QuotaExceeded')?.message);
    assert.match(waits, /quota runningAttempts of .*: 0 of 0 attempts run here .*spec\.quotas of CollabNetwork/);
    assert.equal((await get<SeenTask>(BANK_A.namespace, 'computetask', name))?.status?.phase, 'AwaitingApproval', 'no time to reserve runs');
    await setQuota(1);
    await succeeded(name);
  } finally {
    await setQuota(null);
    await removeTasks(name);
  }
});
