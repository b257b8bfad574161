import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Command, CommanderError } from 'commander';
import { parse, stringify } from 'yaml';
import type { Io } from '../../base/io.ts';
import { exitCodeOf } from '../../base/errors.ts';
import { addTaskExchangeCommands } from '../../commands/task-exchange.ts';
import { example, exampleText, NETWORK } from './testing.ts';
import { taskFromManifest } from './source-task.ts';

describe('task export, task import', () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'collabnet-exchange-'));
    writeFileSync(file('task.yaml'), exampleText('statistics'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function run(...args: string[]): Promise<{ code: number; out: string; note: string }> {
    const said = { out: '', note: '' };
    const out = (text: string): void => void (said.out += text);
    const note = (text: string): void => void (said.note += text);
    const nobody = (): Promise<string> => Promise.reject(new Error('nothing is asked'));
    const io: Io = { interactive: false, colour: false, out, note, ask: nobody, askHidden: nobody };
    const program = new Command('collabnet').option('-n, --namespace <name>').option('--kubeconfig <file>').exitOverride().configureOutput({ writeOut: out, writeErr: note });
    program.command('task');
    addTaskExchangeCommands(program, io);
    const [group] = program.commands;
    for (const command of [group!, ...group!.commands]) command.copyInheritedSettings(program);
    try {
      await program.parseAsync(args, { from: 'user' });
      return { code: 0, ...said };
    } catch (error) {
      if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, ...said };
      return { code: exitCodeOf(error), out: said.out, note: (error as Error).message };
    }
  }

  it('are added to the group that is there', async () => {
    const { out } = await run('task', '--help');
    assert.match(out, /export \[options\] \[name\][^]*import \[options\] <file>/);
  });

  it('a manifest becomes a KusciaJob, with the domains chosen', async () => {
    const { code, out } = await run('task', 'export', '--file', file('task.yaml'), '--format', 'kuscia-job', '--domain', 'a=alice', '--domain', 'b=bob', '--initiator', 'b');
    assert.equal(code, 0);
    assert.match(out, /^# KusciaJob of the ComputeTask ratios-and-scores\./);
    assert.equal((parse(out) as { spec: { initiator: string } }).spec.initiator, 'bob');
  });

  it('a task of the cluster is scheduled by the one that proposed it', async () => {
    const asked: string[] = [];
    const stored = { ...(parse(exampleText('statistics')) as object), status: { proposer: `did:collab:${NETWORK}:bank-b` } };
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(stored));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const named = { name: 'test' };
    const cluster = { 'insecure-skip-tls-verify': true, server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    writeFileSync(file('kubeconfig'), stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'test', clusters: [{ ...named, cluster }], users: [{ ...named, user: {} }], contexts: [{ ...named, context: { cluster: 'test', user: 'test' } }] }));
    try {
      const { code, out, note } = await run('--kubeconfig', file('kubeconfig'), '-n', 'bank-b', 'task', 'export', 'ratios-and-scores', '--format', 'kuscia-job');
      assert.equal(code, 0, note);
      assert.deepEqual(asked, ['GET /apis/collabnet.dev/v1alpha1/namespaces/bank-b/computetasks/ratios-and-scores']);
      assert.equal((parse(out) as { spec: { initiator: string } }).spec.initiator, 'bank-b');
      assert.match(out, /^# - initiator: party b$/m);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('export and import through files give the same task', async () => {
    assert.match((await run('task', 'export', '--file', file('task.yaml'), '--format', 'serverless-workflow', '-o', file('workflow.yaml'))).note, /written to .*workflow\.yaml/);
    assert.equal((await run('task', 'import', file('workflow.yaml'), '-o', file('again.yaml'))).code, 0);
    const text = readFileSync(file('again.yaml'), 'utf8');
    assert.match(text, /^# ComputeTask ratios-and-scores\. Of .*workflow\.yaml it does not hold:\n# - document\.namespace: default\n/);
    assert.deepEqual(taskFromManifest(text, 'again.yaml').flow, example('statistics').flow);
    assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.part')), []);
  });

  it('the form in the help of import is one that it reads', async () => {
    const { out } = await run('task', 'import', '--help');
    const form = /(document:\n[^]*?)\n\nEverything else/.exec(out.replaceAll(/^ {2}/gm, ''))?.[1] ?? '';
    writeFileSync(file('form.yaml'), form.replaceAll('...', '0123456789abcdef0123456789abcdef'));
    const { code, out: manifest, note } = await run('task', 'import', file('form.yaml'));
    assert.equal(code, 0, note);
    assert.equal((parse(manifest) as { metadata: { name: string } }).metadata.name, 'common-customers');
  });

  it('wrong usage', async () => {
    const kuscia = ['--format', 'kuscia-job'];
    assert.deepEqual(await run('task', 'export', ...kuscia), { code: 2, out: '', note: 'name either a task of the cluster or a manifest (--file), not both and not neither' });
    assert.equal((await run('task', 'export', 'x', '--file', file('task.yaml'), ...kuscia)).code, 2);
    assert.match((await run('task', 'export', 'x')).note, /required option '--format <language>'/);
    assert.match((await run('task', 'export', 'x', '--format', 'airflow')).note, /kuscia-job, serverless-workflow/);
    assert.match((await run('task', 'export', '--file', file('task.yaml'), '--format', 'serverless-workflow', '--domain', 'a=b')).note, /--domain and --initiator are about kuscia-job; leave them out/);
    assert.match((await run('task', 'import', file('none.yaml'))).note, /none\.yaml: cannot be read/);
  });

  it('a refused file leaves nothing behind', async () => {
    writeFileSync(file('bad.yaml'), 'do: [\n');
    const { code, out, note } = await run('task', 'import', file('bad.yaml'), '-o', file('never.yaml'));
    assert.deepEqual([code, out], [1, '']);
    assert.match(note, /bad\.yaml: is no well-formed YAML; correct\n {2}line \d+, column \d+/);
    assert.ok(!readdirSync(folder).includes('never.yaml'));
  });
});
