import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { cachedBinary, startApiserver, type TestApiserver } from './testing/apiserver.ts';
import { packageRoot, sample } from './testing/samples.ts';

interface Rendered {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string>; labels: Record<string, string> };
}

const chart = join(packageRoot, '..', 'charts', 'collabnet-crds');
const OPERATOR = 'system:serviceaccount:bank-a:operator';

function render(...args: string[]): { ok: boolean; text: string; objects: Rendered[]; error: string } {
  const result = spawnSync(cachedBinary('helm'), ['template', 'crds', chart, ...args], { encoding: 'utf8' });
  const objects = result.status === 0 ? parseAllDocuments(result.stdout).map((one) => one.toJSON() as Rendered | null).filter((one) => one !== null) : [];
  return { ok: result.status === 0, text: result.stdout, objects, error: result.stderr };
}

describe('chart collabnet-crds', { timeout: 120_000 }, () => {
  let server: TestApiserver;

  before(async () => {
    server = await startApiserver();
    const values = ['--set', 'policies.enabled=true', '--set', 'policies.approvals.users={alice}'];
    const applied = server.kubectl(['apply', '--server-side', '-f', '-'], { input: render(...values).text });
    assert.ok(applied.ok, applied.stderr);
    assert.ok(server.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']).ok);
    assert.ok(server.kubectl(['create', 'namespace', 'bank-a']).ok);
    const bind = (name: string, user: string): void => {
      const bound = server.kubectl(['create', 'rolebinding', name, '--clusterrole=collabnet-edit', `--user=${user}`, '-n', 'bank-a']);
      assert.ok(bound.ok, bound.stderr);
    };
    bind('alice', 'alice');
    bind('operator', OPERATOR);
  });
  after(() => server.stop());

  const create = (file: string, user: string, labels: Record<string, string> = {}): ReturnType<TestApiserver['kubectl']> => {
    const object = sample(file);
    Object.assign(object.metadata, { labels });
    return server.kubectl(['create', '-n', 'bank-a', '--dry-run=server', '-f', '-'], { user, input: JSON.stringify(object) });
  };

  it('keeps the kinds on uninstall unless told not to', () => {
    const kept = render().objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    assert.equal(kept.length, 5);
    for (const { metadata } of kept) assert.equal(metadata.annotations?.['helm.sh/resource-policy'], 'keep');
    for (const { metadata } of render('--set', 'crds.keep=false').objects) assert.equal(metadata.annotations, undefined);
    assert.equal(render('--set', 'crds.enabled=false').objects.some(({ kind }) => kind === 'CustomResourceDefinition'), false);
  });

  it('refuses values it does not know', () => {
    const result = render('--set', 'crd.enabled=false');
    assert.equal(result.ok, false);
    assert.match(result.error, /crd/);
  });

  it('lets an editor run tasks but not change who takes part', () => {
    assert.ok(create('computetask', 'alice').ok);
    const refused = create('collabnetwork-founder', 'alice');
    assert.equal(refused.ok, false);
    assert.match(refused.stderr, /forbidden/i);
    assert.ok(server.kubectl(['get', 'collabnet', '-n', 'bank-a'], { user: 'alice' }).ok);
  });

  it('reserves the mirror label to the operator', async () => {
    let refused = create('computetask', 'alice', { 'collabnet.dev/mirror': 'true' });
    // The API server takes a moment to enforce a new policy.
    for (let tries = 0; tries < 40 && refused.ok; tries += 1) {
      await sleep(250);
      refused = create('computetask', 'alice', { 'collabnet.dev/mirror': 'true' });
    }
    assert.equal(refused.ok, false);
    assert.match(refused.stderr, /label collabnet\.dev\/mirror is reserved to the operator/);
    const allowed = create('computetask', OPERATOR, { 'collabnet.dev/mirror': 'true' });
    assert.ok(allowed.ok, allowed.stderr);
  });

  it('limits who may create an Approval', () => {
    assert.ok(create('approval', 'alice').ok);
    const refused = create('approval', OPERATOR);
    assert.equal(refused.ok, false);
    assert.match(refused.stderr, /only the approvers named in the values/);
  });
});
