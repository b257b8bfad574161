import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { CliError } from '../../base/errors.ts';
import { exportTask } from './exports.ts';
import { kusciaJob, type KusciaJob } from './kuscia-job.ts';
import { appImageOf, dnsLabel, parseDomains, taskIdOf } from './kuscia-names.ts';
import type { KusciaNode } from './kuscia-node.ts';
import { example, exampleNames, NETWORK } from './testing.ts';

const plain = { domains: {} };
const node = ({ taskInputConfig }: KusciaJob['spec']['tasks'][number]): KusciaNode => JSON.parse(taskInputConfig) as KusciaNode;
const usage = (message: RegExp) => (error: unknown): boolean => error instanceof CliError && error.code === 'USAGE' && message.test(error.message);

/** Members of the CRD that an export may set, and which of them it requires (v1alpha1, see KusciaJob). */
const CRD = { spec: ['initiator', 'maxParallelism', 'scheduleMode', 'tasks'], task: ['alias', 'taskID', 'dependencies', 'appImage', 'parties', 'taskInputConfig'], required: ['alias', 'appImage', 'parties', 'taskInputConfig'] };

describe('a ComputeTask as a KusciaJob', () => {
  it('one step: the whole job', () => {
    const { taskInputConfig, ...task } = kusciaJob(example('intersection'), plain).spec.tasks[0]!;
    assert.deepEqual(kusciaJob(example('intersection'), plain), {
      apiVersion: 'kuscia.secretflow/v1alpha1',
      kind: 'KusciaJob',
      metadata: { name: 'common-customers', namespace: 'cross-domain' },
      spec: { initiator: 'bank-a', maxParallelism: 1, scheduleMode: 'Strict', tasks: [{ ...task, taskInputConfig }] },
    });
    assert.deepEqual(task, {
      alias: 'match',
      taskID: 'common-customers-match',
      appImage: 'psi-1.0.0',
      parties: [
        { domainID: 'bank-a', role: 'receiver' },
        { domainID: 'bank-b', role: 'compute' },
      ],
    });
    assert.deepEqual(JSON.parse(taskInputConfig), {
      schema: 'collabnet.dev/kuscia-node/v1',
      component: { id: 'collabnet.sets/Intersection', domain: 'collabnet.sets', name: 'Intersection', version: '1.0.0' },
      algorithm: { name: 'psi', version: '1.0.0' },
      parameters: { protocol: 'RR22', curve: 'Curve25519' },
      inputs: [
        { name: 'left', domainID: 'bank-a', asset: { id: 'bank-a/customers' }, keys: ['id_card', 'branch'], columns: ['dir', 'lvr'] },
        { name: 'right', domainID: 'bank-b', asset: { id: 'bank-b/customers' }, keys: ['cert_no', 'office'], columns: [] },
      ],
      outputs: [{ name: 'result', id: 'common-customers-match-result', receivers: ['bank-a'] }],
    });
  });

  it('several steps: dependencies follow from inputs alone', () => {
    const { tasks } = kusciaJob(example('credit-scoring'), plain).spec;
    assert.deepEqual(
      tasks.map(({ alias, dependencies }) => [alias, dependencies?.map((id) => id.replace('credit-scoring-', ''))]),
      [
        ['join', undefined],
        ['bins', ['join']],
        ['train', ['join', 'bins']],
        ['evaluate', ['join', 'train']],
        ['explain', ['train']],
        ['predict', ['join', 'train']],
      ],
    );
    assert.deepEqual(node(tasks[4]!).inputs[0]?.from, { taskID: 'credit-scoring-train', id: 'credit-scoring-train-model' });
  });

  for (const name of exampleNames()) {
    it(`${name}: members that the CRD has, ids that lead to each other`, () => {
      const { spec, metadata } = kusciaJob(example(name), plain);
      assert.deepEqual(Object.keys(spec), CRD.spec);
      const ids = spec.tasks.map(({ taskID }) => taskID);
      const outputs = spec.tasks.flatMap((task) => node(task).outputs.map(({ id }) => id));
      for (const task of spec.tasks) {
        assert.deepEqual(Object.keys(task).filter((member) => !CRD.task.includes(member)), []);
        assert.deepEqual(CRD.required.filter((member) => !Object.hasOwn(task, member)), []);
        assert.match(task.taskID, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        assert.ok(task.dependencies === undefined || (task.dependencies.length > 0 && task.dependencies.every((id) => ids.includes(id))));
        assert.ok(node(task).inputs.every(({ from }) => from === undefined || (outputs.includes(from.id) && task.dependencies?.includes(from.taskID))));
      }
      assert.deepEqual(parse(exportTask(example(name), 'kuscia-job', plain)), { apiVersion: 'kuscia.secretflow/v1alpha1', kind: 'KusciaJob', metadata, spec });
    });
  }

  it('domain ids and the initiator can be chosen', () => {
    const { spec } = kusciaJob(example('difference'), { domains: parseDomains(['a=alice', 'b=bob']), initiator: 'b' });
    assert.equal(spec.initiator, 'bob');
    assert.deepEqual(spec.tasks[0]?.parties, [
      { domainID: 'alice', role: 'compute' },
      { domainID: 'bob', role: 'receiver' },
    ]);
    assert.deepEqual(node(spec.tasks[0]).inputs.map(({ domainID, asset }) => [domainID, asset?.id]), [['alice', 'bank-a/customers'], ['bob', 'bank-b/customers']]);
    assert.equal(kusciaJob({ ...example('difference'), proposer: `did:collab:${NETWORK}:bank-b` }, plain).spec.initiator, 'bank-b');
  });

  it('wrong choices are refused with the option to use', () => {
    const of = (domains: Record<string, string>, initiator?: string) => (): unknown => kusciaJob(example('difference'), { domains, initiator });
    assert.throws(of({ c: 'x' }), usage(/--domain c=\.\.\.: is no party of the task; name one of a, b/));
    assert.throws(of({ a: 'Bank_A' }), usage(/party a: Bank_A is no domain id .*--domain a=<id>/));
    assert.throws(of({ a: 'bank-b' }), usage(/parties a and b have the same domain id bank-b/));
    assert.throws(of({}, 'c'), usage(/--initiator c: is no party of the task; name one of a, b/));
    assert.throws(() => parseDomains(['alice']), usage(/--domain alice: write <name of a party>=<domain id>/));
  });

  it('names are labels, and stay apart where they are cut', () => {
    const long = 'n'.repeat(60);
    assert.equal(dnsLabel('a.b-c'), 'a-b-c');
    assert.equal(taskIdOf(long, 'first').length, 63);
    assert.notEqual(taskIdOf(long, 'first'), taskIdOf(long, 'other'));
    assert.equal(appImageOf({ name: 'psi', version: '1.0.0-RC1+build' }), 'psi-1.0.0-rc1-build');
  });

  it('what a job does not hold stands at the top of the file, each with its value', () => {
    const task = example('difference');
    const text = exportTask({ ...task, labels: { team: 'risk' }, spec: { ...task.spec, purpose: 'two\nlines: {}', priority: 'High' } }, 'kuscia-job', plain);
    const comments = text.split('\n').filter((line) => line.startsWith('#'));
    for (const said of [
      /initiator: party a \(the first party.*--initiator/,
      /network: demo/,
      new RegExp(`party b: did:collab:${NETWORK}:bank-b, here domain bank-b`),
      /purpose: two lines: \{\}/,
      /trust model: TwoPartySemiHonest/,
      /wire profile: gm/,
      /consent: standing grants/,
      /receivers:/,
      /minimum set sizes/,
      /receipts and evidence/,
      /auditors: none/,
      /approvalTimeout: 24h/,
      /timeout: 1h/,
      /maxAttempts: 2/,
      /runID: 1/,
      /priority: High/,
      /suspend: false/,
      /label team: risk/,
      /AppImages sets-1\.0\.0/,
    ]) {
      assert.ok(comments.some((line) => said.test(line)), String(said));
    }
    assert.equal((parse(text) as { kind: string }).kind, 'KusciaJob', 'comments end where the object begins');
  });

  it('every member of a task is in the job or in a comment', () => {
    const { spec } = example('intersection');
    const text = exportTask(example('intersection'), 'kuscia-job', plain);
    const said: Record<keyof typeof spec, string> = { networkRef: 'network:', runID: 'runID:', purpose: 'purpose:', trustModel: 'trust model:', wireProfile: 'wire profile:', approvalTimeout: 'approvalTimeout:', timeout: 'timeout:', maxAttempts: 'maxAttempts:', auditors: 'auditors:', parties: 'party a:', steps: 'tasks:', suspend: 'suspend:', priority: 'priority:' };
    for (const member of Object.keys(spec) as (keyof typeof spec)[]) assert.ok(text.includes(said[member]), member);
  });
});
