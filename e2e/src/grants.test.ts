import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { apply, foreignKubeconfig } from '@collabnet/hack';
import { containers, runningPod } from './fault-table/pods.ts';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B } from './fixture/institutions.ts';
import { dropGrant, grantIn, revokeGrant, standingGrant } from './support/grants.ts';
import { eventually } from './support/objects.ts';
import { nothingLeft, receiptsOf } from './support/remains.ts';
import { approveAsA, ended, inPhase, mirrorOf, proposed, psiTask, removeTasks, succeeded, taskAt, taskName, type SeenTask, type TaskOptions } from './support/tasks.ts';
import { offerLarge } from './fixture/large-assets.ts';

let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
});

/** Proposes a task and returns what bank B is said to be waited for, once that says `expected`. */
async function waitsForB(name: string, expected: RegExp): Promise<void> {
  await eventually<SeenTask, true>(taskAt(BANK_A, name), `was to wait for bank B because of ${expected.source}`, ({ status }) => {
    const b = status?.approvals?.find(({ party }) => party === 'b');
    return (b?.state === 'Waiting' && (status?.waitingFor ?? []).some((sentence) => sentence.startsWith('b') && expected.test(sentence))) || undefined;
  });
}

function approvedByGrant(name: string, party: string, grantID: string): Promise<true> {
  return eventually<SeenTask, true>(taskAt(BANK_A, name), `was to be approved by grant ${grantID}`, ({ status }) => status?.approvals?.some((one) => one.party === party && one.state === 'Approved' && one.via === 'Grant' && one.grantID === grantID) || undefined);
}

describe('a standing grant', () => {
  test('for one use runs one task without anybody, and the next waits for a person', async () => {
    const [first, second] = [taskName('once'), taskName('twice')];
    const purpose = `count ${first}`;
    const ids: string[] = [];
    try {
      for (const bank of [BANK_A, BANK_B]) ids.push(await standingGrant(bank, { to: consortium.bankA, purpose, form: ['--count', '1'] }));
      await apply(BANK_A.namespace, [psiTask(consortium, first, { purpose })]);
      const task = await succeeded(first);
      assert.deepEqual(task.status?.approvals?.map(({ via }) => via), ['Grant', 'Grant']);
      await grantIn(BANK_B, ids[1] ?? '', 'Exhausted');
      await apply(BANK_A.namespace, [psiTask(consortium, second, { purpose })]);
      await waitsForB(second, /was used 1 of 1 times/);
    } finally {
      await removeTasks(first, second);
      for (const [index, bank] of [BANK_A, BANK_B].entries()) await dropGrant(bank, ids[index]);
    }
  });

  const cases: [string, { grant?: { purpose?: string; algorithm?: string }; task?: TaskOptions }, RegExp][] = [
    ['for another purpose does not cover a task', { grant: { purpose: 'something else' } }, /person with role DataManager must run/],
    ['for another algorithm does not cover a task', { grant: { algorithm: 'psi@2.0.0' } }, /does not name the algorithm psi 1\.0\.0/],
  ];
  for (const [title, { grant }, expected] of cases) {
    test(title, async () => {
      const name = taskName('covered');
      let id: string | undefined;
      try {
        id = await standingGrant(BANK_B, { to: consortium.bankA, purpose: grant?.purpose ?? `test ${name}`, form: ['--for', '1h'], ...(grant?.algorithm === undefined ? {} : { algorithm: grant.algorithm }) });
        await apply(BANK_A.namespace, [psiTask(consortium, name)]);
        await proposed(name);
        await waitsForB(name, expected);
      } finally {
        await removeTasks(name);
        await dropGrant(BANK_B, id);
      }
    });
  }

  test('whose time is over does not cover a task', async () => {
    const name = taskName('expired');
    let id: string | undefined;
    try {
      id = await standingGrant(BANK_B, { to: consortium.bankA, purpose: `test ${name}`, form: ['--for', '8s'] });
      await grantIn(BANK_B, id, 'Expired', 120_000);
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await waitsForB(name, /has expired/);
    } finally {
      await removeTasks(name);
      await dropGrant(BANK_B, id);
    }
  });

  test('that is revoked before the start makes the task wait for a person again', async () => {
    const name = taskName('revoked');
    let id: string | undefined;
    try {
      id = await standingGrant(BANK_B, { to: consortium.bankA, purpose: `test ${name}`, form: ['--count', '5'] });
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await approvedByGrant(name, 'b', id);
      await revokeGrant(BANK_B, id);
      await waitsForB(name, /was revoked/);
      await grantIn(BANK_B, id, 'Revoked');
      const task = await proposed(name);
      assert.equal(task.status?.phase, 'AwaitingApproval');
    } finally {
      await removeTasks(name);
      await dropGrant(BANK_B, id);
    }
  });

  test('that is revoked while the task runs ends it, and leaves neither pod nor credential', async () => {
    const name = taskName('stopped');
    let id: string | undefined;
    await offerLarge();
    try {
      id = await standingGrant(BANK_B, { to: consortium.bankA, purpose: `test ${name}`, form: ['--count', '5'], asset: 'customers-large' });
      await apply(BANK_A.namespace, [psiTask(consortium, name, { asset: 'customers-large', protocol: 'ECDH' })]);
      await approveAsA(name);
      const { status } = await inPhase(name, 'Running');
      // The engine is held, or a quick one would be done before a slow machine has signed the revocation.
      const engines = foreignKubeconfig() === undefined ? containers(await runningPod(BANK_A, `collabnet.dev/task=${(status?.flowID ?? '').slice(0, 32)}`, 'engine'), 'engine') : [];
      for (const engine of engines) await engine.freeze();
      await revokeGrant(BANK_B, id, 'customers-large').finally(() => engines.forEach((engine) => engine.thaw()));
      const task = await ended(name, 60_000);
      assert.equal(task.status?.phase, 'Cancelled');
      const ready = task.status?.conditions?.find(({ type }) => type === 'Ready');
      assert.equal(ready?.reason, 'GrantRevoked');
      assert.match(ready.message, new RegExp(`grant ${id} was revoked by ${consortium.bankB}`));
      await nothingLeft(task.status?.flowID ?? '');
      assert.deepEqual(await receiptsOf(task.status?.flowID ?? ''), []);
      const mirror = await mirrorOf(name);
      await ended(mirror, 60_000, BANK_B);
    } finally {
      await removeTasks(name);
      await dropGrant(BANK_B, id, 'customers-large');
    }
  });
});
