import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { API_VERSION, type ComputeTaskSpecInput } from '@collabnet/crds';
import type { Receipt } from '@collabnet/flow';
import { apply, kubectl, NETWORK, offerCustomers, readHdma, splitBetweenBanks, type DemoInstitution, type Manifest, type Table } from '@collabnet/hack';
import { containers, runningPod } from './fault-table/pods.ts';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, SUPERVISOR } from './fixture/institutions.ts';
import { decide } from './support/approvals.ts';
import { saysOf } from './support/conditions.ts';
import { taskPods } from './support/faults.ts';
import { eventually } from './support/objects.ts';
import { historyOf, nothingLeft, receiptsOf } from './support/remains.ts';
import { fetchResult, storedFor } from './support/results.ts';
import { ended, inPhase, mirrorOf, proposed, removeTasks, succeeded, taskAt, taskName, type SeenTask } from './support/tasks.ts';

type StepInput = ComputeTaskSpecInput['steps'][number];

const ALGORITHM = { name: 'sets', version: '1.0.0' };
const KEYS = { a: ['id_card', 'branch'], b: ['cert_no', 'office'], s: ['person', 'place'] } as const;
type Party = keyof typeof KEYS;

let consortium: Consortium;
let tables: Record<Party, Table>;
const names: string[] = [];

before(async () => {
  consortium = await readyConsortium();
  const { bankA, bankB } = splitBetweenBanks(await readHdma());
  // Every third customer of bank B, under names of its own, and one that nobody else has.
  const rows = bankB.rows.filter((_, index) => index % 3 === 0).map(([id = '', place = '']) => [id, place, 'bankrupt']);
  tables = { a: bankA, b: bankB, s: { header: ['person', 'place', 'state'], rows: [...rows, ['110101197001010000', 'branch-1', 'bankrupt']] } };
  await offerCustomers(SUPERVISOR, tables.s);
});
after(() => removeTasks(...names));

function setsTask(stem: string, parties: readonly Party[], step: Pick<StepInput, 'operator'> & Partial<StepInput>, spec: Partial<ComputeTaskSpecInput> = {}): Manifest & { spec: ComputeTaskSpecInput } {
  const name = taskName(stem);
  names.push(name);
  const dids: Record<Party, string> = { a: consortium.bankA, b: consortium.bankB, s: consortium.supervisor };
  return {
    apiVersion: API_VERSION,
    kind: 'ComputeTask',
    metadata: { name },
    spec: {
      networkRef: { name: NETWORK },
      purpose: `test ${name}`,
      trustModel: parties.length === 2 ? 'TwoPartySemiHonest' : 'MultiPartySemiHonest',
      parties: parties.map((party) => ({ name: party, did: dids[party] })),
      steps: [
        {
          name: 'match',
          algorithm: ALGORITHM,
          roles: { compute: [...parties], receivers: ['a'] },
          inputs: parties.map((party) => ({ name: `of-${party}`, party, asset: 'customers', keys: [...KEYS[party]], columns: party === 'a' && !['Cardinality', 'Union'].includes(step.operator ?? '') ? ['dir'] : [] })),
          outputs: [{ name: 'result', receivers: ['a'] }],
          ...step,
        },
      ],
      ...spec,
    },
  };
}

async function agree(task: Manifest, parties: readonly Party[]): Promise<void> {
  const { name } = task.metadata;
  await proposed(name);
  await decide('approve', BANK_A, name, 'agreed for this test');
  for (const party of parties.filter((each) => each !== 'a')) {
    const institution: DemoInstitution = party === 'b' ? BANK_B : SUPERVISOR;
    const mirror = await mirrorOf(name, institution);
    await proposed(mirror, institution);
    await decide('approve', institution, mirror, 'agreed for this test');
  }
}

function keysOf({ rows }: { rows: readonly (readonly string[])[] }): string[] {
  return rows.map((row) => `${row[0]}|${row[1]}`).sort();
}

function inAll(...parties: readonly Party[]): string[] {
  const sets = parties.map((party) => new Set(keysOf(tables[party])));
  return keysOf(tables.a).filter((key) => sets.every((set) => set.has(key)));
}

const NAMESPACES = [BANK_A, BANK_B, SUPERVISOR].map(({ namespace }) => namespace);

describe('the engine for sets', () => {
  test('counts what two banks have in common, and tells the receiver nothing but the number', async () => {
    const task = setsTask('count', ['a', 'b'], { operator: 'Cardinality' });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b']);
    const { status } = await succeeded(task.metadata.name);
    const result = await fetchResult(BANK_A, task.metadata.name);
    assert.deepEqual(result, { header: ['cardinality'], rows: [[String(inAll('a', 'b').length)]] });
    assert.deepEqual(await storedFor(BANK_B, status?.flowID ?? ''), []);
    assert.deepEqual(await receiptsOf(status?.flowID ?? ''), [`match by ${consortium.bankA}`, `match by ${consortium.bankB}`].sort());
    await nothingLeft(status?.flowID ?? '');
  });

  test('intersects the tables of three institutions over the curve of SM2, under the wire profile gm', async () => {
    const task = setsTask('three', ['a', 'b', 's'], { operator: 'Intersection', parameters: { protocol: 'ECDH', curve: 'SM2' } }, { wireProfile: 'gm' });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b', 's']);
    const { status } = await succeeded(task.metadata.name);
    const result = await fetchResult(BANK_A, task.metadata.name);
    assert.deepEqual(result.header, ['id_card', 'branch', 'dir']);
    assert.deepEqual(keysOf(result), inAll('a', 'b', 's'));
    const { flowID = '' } = status ?? {};
    for (const other of [BANK_B, SUPERVISOR]) assert.deepEqual(await storedFor(other, flowID), []);
    assert.equal((await receiptsOf(flowID)).length, 3);
    await nothingLeft(flowID, NAMESPACES);
  });

  test('counts what three institutions have in common', async () => {
    const task = setsTask('count-three', ['a', 'b', 's'], { operator: 'Cardinality' });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b', 's']);
    await succeeded(task.metadata.name);
    assert.deepEqual((await fetchResult(BANK_A, task.metadata.name)).rows, [[String(inAll('a', 'b', 's').length)]]);
  });

  test('unites the customers of two banks, each with the names of its own key columns', async () => {
    const roles = { compute: ['a', 'b'], receivers: ['a', 'b'] };
    const task = setsTask('union', ['a', 'b'], { operator: 'Union', parameters: { curve: 'SM2' }, roles, outputs: [{ name: 'result', receivers: roles.receivers }] }, { wireProfile: 'gm' });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b']);
    const { status } = await succeeded(task.metadata.name);
    const everybody = [...new Set([...keysOf(tables.a), ...keysOf(tables.b)])].sort();
    assert.ok(everybody.length > keysOf(tables.a).length);
    const mirror = await mirrorOf(task.metadata.name, BANK_B);
    await inPhase(mirror, 'Succeeded', undefined, BANK_B);
    for (const [institution, name, header] of [[BANK_A, task.metadata.name, KEYS.a], [BANK_B, mirror, KEYS.b]] as const) {
      const result = await fetchResult(institution, name);
      assert.deepEqual(result.header, [...header]);
      assert.deepEqual(keysOf(result), everybody);
    }
    assert.equal(status?.enginePrimitives, 'ECDH and oblivious transfer over the curve of SM2, SM4');
    await nothingLeft(status?.flowID ?? '');
  });

  test('hands rows of one bank to the other as they are, which uses them in its next step', async () => {
    const list = { name: 'list', party: 'a', asset: 'customers', keys: [...KEYS.a], columns: ['dir'] };
    const hand = { name: 'hand', operator: 'Deliver' as const, algorithm: ALGORITHM, roles: { compute: ['a', 'b'], receivers: ['b'] }, inputs: [list], outputs: [{ name: 'list', receivers: ['b'] }] };
    const given = { name: 'given', party: 'b', from: { step: 'hand', output: 'list' }, keys: [...KEYS.a] };
    const task = setsTask('hand', ['a', 'b'], { operator: 'Cardinality' }, { wireProfile: 'gm' });
    const [match] = task.spec.steps;
    task.spec.steps = [hand, { ...match!, inputs: [given, { ...list, columns: [] }], roles: { compute: ['a', 'b'], receivers: ['b'] }, outputs: [{ name: 'number', receivers: ['b'] }] }];
    await apply(BANK_A.namespace, [task]);
    // Bank B owns nothing of it.
    await agree(task, ['a']);
    const { status } = await succeeded(task.metadata.name);
    const mirror = await mirrorOf(task.metadata.name, BANK_B);
    await inPhase(mirror, 'Succeeded', undefined, BANK_B);
    const result = await fetchResult(BANK_B, mirror, '--step', 'hand');
    assert.deepEqual(result.header, [...KEYS.a, 'dir']);
    assert.deepEqual(result.rows.map((row) => row.join()).sort(), tables.a.rows.map((row) => [row[0], row[1], row[tables.a.header.indexOf('dir')]].join()).sort());
    assert.deepEqual((await fetchResult(BANK_B, mirror, '--step', 'match')).rows, [[String(new Set(keysOf(tables.a)).size)]]);
    assert.deepEqual(await storedFor(BANK_A, status?.flowID ?? ''), []);
    await nothingLeft(status?.flowID ?? '');
  });

  test('answers what one bank asks of the other, which learns only how many it asked', async () => {
    const task = setsTask('ask', ['a', 'b'], {
      operator: 'PrivateQuery',
      parameters: { curve: 'SM2', maximumQueries: 2000 },
      inputs: [
        { name: 'questions', party: 'a', asset: 'customers', keys: [...KEYS.a], columns: ['dir'] },
        { name: 'answers', party: 'b', asset: 'customers', keys: [...KEYS.b], columns: ['ccs', 'deny'] },
      ],
    });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b']);
    const { status } = await succeeded(task.metadata.name);
    const result = await fetchResult(BANK_A, task.metadata.name);
    assert.deepEqual(result.header, ['id_card', 'branch', 'dir', 'ccs', 'deny']);
    assert.deepEqual(keysOf(result), inAll('a', 'b'));
    const scores = new Map(tables.b.rows.map((row) => [`${row[0]}|${row[1]}`, [row[tables.b.header.indexOf('ccs')], row[tables.b.header.indexOf('deny')]]]));
    for (const [id, place, , ...answer] of result.rows) assert.deepEqual(answer, scores.get(`${id}|${place}`));
    assert.deepEqual(await storedFor(BANK_B, status?.flowID ?? ''), []);
    await nothingLeft(status?.flowID ?? '');
  });

  test('a left join keeps every row of who asks, with columns of the other where it has the key', async () => {
    const task = setsTask('left', ['a', 'b'], {
      operator: 'PrivateQuery',
      parameters: { maximumQueries: 2000, join: 'Left' },
      inputs: [
        { name: 'questions', party: 'a', asset: 'customers', keys: [...KEYS.a], columns: ['dir'] },
        { name: 'answers', party: 'b', asset: 'customers', keys: [...KEYS.b], columns: ['ccs'] },
      ],
    });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b']);
    await succeeded(task.metadata.name);
    const result = await fetchResult(BANK_A, task.metadata.name);
    const scores = new Map(tables.b.rows.map((row) => [`${row[0]}|${row[1]}`, row[tables.b.header.indexOf('ccs')]]));
    assert.deepEqual(keysOf(result), keysOf(tables.a));
    assert.deepEqual(result.rows.filter(([id, place, , score]) => score !== (scores.get(`${id}|${place}`) ?? '')), []);
    assert.ok(result.rows.some((row) => row[3] === '') && result.rows.some((row) => row[3] !== ''));
  });

  test('queries tables of two banks in the environment of a third institution, which shows both that it has one', async () => {
    const [loans, scores] = [
      { name: 'loans', party: 'a', asset: 'customers', keys: [...KEYS.a], columns: ['dir'] },
      { name: 'scores', party: 'b', asset: 'customers', keys: [...KEYS.b], columns: ['ccs', 'deny'] },
    ];
    const step = { operator: 'SqlQuery' as const, algorithm: { name: 'denial-rates', version: '1.0.0' }, inputs: [loans, scores], parameters: { host: 's', groupSize: 'applicants' } };
    const task = setsTask('query', ['a', 'b', 's'], step, { trustModel: 'SimulatedTrustedExecution' });
    await apply(BANK_A.namespace, [task]);
    // The host owns nothing of it.
    await agree(task, ['a', 'b']);
    const { status } = await succeeded(task.metadata.name);
    const debts = new Map(tables.a.rows.map((row) => [`${row[0]}|${row[1]}`, Number(row[tables.a.header.indexOf('dir')])]));
    const groups = new Map<string, { denied: number[]; debt: number[] }>();
    for (const row of tables.b.rows) {
      const debt = debts.get(`${row[0]}|${row[1]}`);
      const score = row[tables.b.header.indexOf('ccs')] ?? '';
      const group = groups.get(score) ?? { denied: [], debt: [] };
      if (debt !== undefined) groups.set(score, { denied: [...group.denied, row[tables.b.header.indexOf('deny')] === 'yes' ? 1 : 0], debt: [...group.debt, debt] });
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const large = [...groups].filter(([, { debt }]) => debt.length >= 100).sort(([one], [other]) => Number(one) - Number(other));
    assert.ok(large.length > 0 && large.length < groups.size, 'some scores are too rare to be told');
    const result = await fetchResult(BANK_A, task.metadata.name);
    assert.deepEqual(result.header, ['score', 'applicants', 'denied', 'debt_ratio']);
    assert.deepEqual(result.rows.map(([score, applicants]) => [Number(score), Number(applicants)]), large.map(([score, { debt }]) => [Number(score), debt.length]));
    large.forEach(([, { denied, debt }], at) => {
      assert.ok(Math.abs(Number(result.rows[at]?.[2]) - mean(denied)) < 1e-9);
      assert.ok(Math.abs(Number(result.rows[at]?.[3]) - mean(debt)) < 1e-9);
    });
    const { flowID = '' } = status ?? {};
    for (const other of [BANK_B, SUPERVISOR]) assert.deepEqual(await storedFor(other, flowID), []);
    const receipts = (await historyOf(flowID)).recorded('receipts', 'submit').map(({ receipt }) => receipt as Receipt);
    const host = consortium.supervisor;
    const hosts = receipts.find(({ party }) => party === host);
    assert.deepEqual(hosts?.received?.map(({ from, input }) => [from, input]), [[consortium.bankA, 'loans'], [consortium.bankB, 'scores']]);
    for (const party of [consortium.bankA, consortium.bankB]) {
      const seen = receipts.find((receipt) => receipt.party === party)?.attestation;
      assert.deepEqual([seen?.host, seen?.results[host]], [host, hosts?.attestation?.results[party] ?? 'none']);
    }
    await nothingLeft(flowID, NAMESPACES);
  });

  test('a real environment that the host has not is said before anything runs', async () => {
    const step = {
      operator: 'SqlQuery' as const,
      algorithm: { name: 'denial-rates', version: '1.0.0' },
      inputs: [
        { name: 'loans', party: 'a', asset: 'customers', keys: [...KEYS.a], columns: ['dir'] },
        { name: 'scores', party: 'b', asset: 'customers', keys: [...KEYS.b], columns: ['ccs', 'deny'] },
      ],
      parameters: { host: 'a', groupSize: 'applicants', verifier: 'v'.repeat(43) },
    };
    const task = setsTask('no-environment', ['a', 'b'], step, { trustModel: 'TrustedExecution' });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b']);
    const { status } = await eventually<SeenTask, SeenTask>(taskAt(BANK_A, task.metadata.name), 'was to be stalled', (seen) => (saysOf(seen).includes('TrustedExecutionUnavailable') ? seen : undefined));
    assert.notEqual(status?.phase, 'Running');
  });

  test('no more is answered than was agreed on', async () => {
    const task = setsTask('ask-too-much', ['a', 'b'], {
      operator: 'PrivateQuery',
      parameters: { maximumQueries: 10 },
      inputs: [
        { name: 'questions', party: 'a', asset: 'customers', keys: [...KEYS.a] },
        { name: 'answers', party: 'b', asset: 'customers', keys: [...KEYS.b], columns: ['ccs'] },
      ],
    });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b']);
    assert.match(saysOf(await ended(task.metadata.name)), /QueriesTooMany/);
  });

  test('finds what only the receiver has', async () => {
    const task = setsTask('only-a', ['a', 'b'], { operator: 'Difference', parameters: { protocol: 'ECDH' } });
    await apply(BANK_A.namespace, [task]);
    await agree(task, ['a', 'b']);
    await succeeded(task.metadata.name);
    const common = new Set(inAll('a', 'b'));
    assert.deepEqual(keysOf(await fetchResult(BANK_A, task.metadata.name)), keysOf(tables.a).filter((key) => !common.has(key)));
  });
});

test('node fault: the pod of the third party is lost while the others compute: the next attempt succeeds', async () => {
  const task = setsTask('lost-third', ['a', 'b', 's'], { operator: 'Cardinality' });
  await apply(BANK_A.namespace, [task]);
  await agree(task, ['a', 'b', 's']);
  const { status } = await proposed(task.metadata.name);
  const { flowID = '' } = status ?? {};
  const pod = await runningPod(SUPERVISOR, taskPods(flowID), 'engine');
  // It would be done in a moment: the others wait for it until the pod is gone.
  for (const engine of containers(pod, 'engine')) await engine.freeze();
  await inPhase(task.metadata.name, 'Running');
  await kubectl(SUPERVISOR.namespace, ['delete', 'pod', pod.metadata.name, '--grace-period=0', '--force', '--wait=false']);
  const done = await succeeded(task.metadata.name);
  assert.ok((done.status?.steps?.[0]?.attempt ?? 0) > 1);
  assert.deepEqual((await fetchResult(BANK_A, task.metadata.name)).rows, [[String(inAll('a', 'b', 's').length)]]);
  assert.equal((await receiptsOf(flowID)).length, 3);
  await nothingLeft(flowID, NAMESPACES);
});

describe('before anybody is asked', () => {
  const refused: [string, Parameters<typeof setsTask>, RegExp][] = [
    ['an operator that the algorithm has not', ['no-count', ['a', 'b'], { operator: 'Cardinality', algorithm: { name: 'psi', version: '1.0.0' } }], /steps\[0\]\.operator: psi 1\.0\.0 has not Cardinality, but Intersection, Difference/],
    ['columns beside the keys of a union', ['union-columns', ['a', 'b'], { operator: 'Union', inputs: [{ name: 'l', party: 'a', asset: 'customers', keys: [...KEYS.a], columns: ['dir'] }, { name: 'r', party: 'b', asset: 'customers', keys: [...KEYS.b] }] }], /steps\[0\]\.inputs\[0\]\.columns: Union gives keys and nothing beside them; leave columns empty/],
    ['a protocol that the engine has not', ['no-rr22', ['a', 'b'], { operator: 'Difference', parameters: { protocol: 'RR22' } }], /steps\[0\]\.parameters\.protocol: engine sets has not RR22; use ECDH/],
    ['more parties than the operator takes', ['three-less', ['a', 'b', 's'], { operator: 'Difference', parameters: { protocol: 'ECDH' } }], /spec\.trustModel: steps\[0\] is a Difference, which has no protocol for MultiPartySemiHonest; it has for TwoPartySemiHonest/],
    ['a trust model for another number of parties', ['two-of-three', ['a', 'b'], { operator: 'Cardinality' }, { trustModel: 'MultiPartySemiHonest' }], /steps\[0\]\.roles\.compute: MultiPartySemiHonest needs 3 to 8 compute parties, not 2/],
  ];
  for (const [what, task, answer] of refused) {
    test(`${what} is refused, with the field and the way out`, async () => {
      const manifest = setsTask(...task);
      await apply(BANK_A.namespace, [manifest]);
      const seen = await eventually<SeenTask, SeenTask>(taskAt(BANK_A, manifest.metadata.name), 'was to be refused', (found) => answer.test(saysOf(found)) && found);
      assert.equal(seen.status?.proposedAt, undefined, 'nobody was asked');
    });
  }
});

test('a result below the minimum set size is revealed to nobody', async () => {
  // One customer of bank A, and one that only the supervisor has.
  const task = setsTask('small', ['a', 's'], { operator: 'Cardinality', inputs: [
    { name: 'of-a', party: 'a', asset: 'customers', keys: ['id_card', 'dir'] },
    { name: 'of-s', party: 's', asset: 'customers', keys: ['person', 'state'] },
  ] });
  await apply(BANK_A.namespace, [task]);
  await agree(task, ['a', 's']);
  const seen = await ended(task.metadata.name);
  assert.equal(seen.status?.phase, 'Failed');
  // Both engines know it, and who tells the ledger first is named at the other.
  assert.match(saysOf(seen), /ResultBelowMinimum: .* fewer than 100|PeerFailed: .* reports RESULT_BELOW_MINIMUM/);
  assert.deepEqual(seen.status?.results ?? [], []);
  await nothingLeft(seen.status?.flowID ?? '', NAMESPACES);
});
