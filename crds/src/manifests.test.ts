/* eslint-disable @typescript-eslint/no-unsafe-member-access -- samples are broken here in ways that types forbid */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KINDS } from './kinds.ts';
import { manifestOf } from './generate/manifest.ts';
import { startApiserver, type TestApiserver } from './testing/apiserver.ts';
import { REFUSED, UNREACHABLE, grant } from './testing/cases.ts';
import { packageRoot, sample, samples, type Sample } from './testing/samples.ts';

describe('manifests on a real API server', { timeout: 180_000 }, () => {
  let server: TestApiserver;

  before(async () => {
    server = await startApiserver();
    const applied = server.kubectl(['apply', '--server-side', '-f', join(packageRoot, 'manifests')]);
    assert.ok(applied.ok, applied.stderr);
    assert.ok(server.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']).ok);
  });
  after(() => server.stop());

  const send = (verb: 'create' | 'replace', object: Sample, ...args: string[]): ReturnType<TestApiserver['kubectl']> =>
    server.kubectl([verb, ...args, '-f', '-'], { input: JSON.stringify(object) });

  it('accepts every sample, also by server-side apply', () => {
    for (const { file, object } of samples()) {
      const input = JSON.stringify({ ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${file.length}` } });
      for (const apply of [['create'], ['apply', '--server-side', '--field-manager=test', '--force-conflicts']]) {
        const result = server.kubectl([...apply, '-f', '-'], { input });
        assert.ok(result.ok, `${file}: ${result.stderr}`);
      }
    }
  });

  it('merges list entries of two field managers by their key', () => {
    const object = { ...sample('dataasset'), metadata: { name: 'merged' } };
    assert.ok(server.kubectl(['apply', '--server-side', '--field-manager=person', '-f', '-'], { input: JSON.stringify(object) }).ok);
    const other = { ...object, spec: { grants: [grant()] } };
    const result = server.kubectl(['apply', '--server-side', '--field-manager=other', '-f', '-'], { input: JSON.stringify(other) });
    assert.ok(result.ok, result.stderr);
    assert.ok(server.kubectl(['apply', '--server-side', '--field-manager=person', '-f', '-'], { input: JSON.stringify(withoutGrants(object)) }).ok);
    const stored = JSON.parse(server.kubectl(['get', 'dataasset', 'merged', '-o', 'json']).stdout) as Sample;
    assert.equal(stored.spec.grants.length, 1);
    assert.deepEqual(stored.spec.grants[0], grant(), 'no default was added to what the person signed');
  });

  it('fills in defaults', () => {
    const task = sample('computetask');
    delete task.spec.steps[0].parameters;
    delete task.spec.steps[0].operator;
    delete task.spec.runID;
    const stored = JSON.parse(send('create', task, '--dry-run=server', '-o', 'json').stdout) as Sample;
    assert.deepEqual([stored.spec.steps[0].operator, stored.spec.steps[0].parameters], ['Intersection', {}]);
    assert.equal(stored.spec.runID, '1');
    assert.equal(stored.spec.approvalTimeout, '24h');
    assert.equal(stored.spec.suspend, false);
    const asset = sample('dataasset');
    delete asset.spec.disclosure;
    assert.equal((JSON.parse(send('create', asset, '--dry-run=server', '-o', 'json').stdout) as Sample).spec.disclosure.minimumSetSize, 100);
  });

  it('explains every top-level field of spec and status', () => {
    for (const { plural, spec, status } of KINDS) {
      for (const [part, schema] of [['spec', spec], ['status', status]] as const) {
        const printed = server.kubectl(['explain', `${plural}.${part}`]).stdout;
        for (const field of Object.keys((schema as unknown as { shape: object }).shape)) {
          const lines = printed.split('\n');
          const at = lines.findIndex((line) => line.startsWith(`  ${field}\t`));
          assert.ok(at >= 0, `${plural}.${part}.${field} is not explained`);
          assert.match(lines.slice(at + 1).find((line) => !line.includes('enum:')) ?? '', /\S/, `${plural}.${part}.${field} has no description`);
          assert.doesNotMatch(lines.slice(at, at + 3).join('\n'), /<no description>/, `${plural}.${part}.${field} has no description`);
        }
      }
    }
  });

  for (const refused of REFUSED.filter(({ guardOnly }) => guardOnly !== true)) {
    it(`refuses ${refused.base().kind}: ${refused.message}`, () => {
      const object = refused.base();
      object.metadata.name = 'refused';
      refused.before?.(object);
      if (refused.transition) {
        const created = send('create', object);
        assert.ok(created.ok, created.stderr);
      }
      refused.change(object);
      const result = refused.transition ? send('replace', object, '--dry-run=server') : send('create', object, '--dry-run=server');
      if (refused.transition) server.kubectl(['delete', object.kind, 'refused', '--wait=true']);
      assert.equal(result.ok, false, 'was accepted');
      assert.ok(result.stderr.includes(refused.message), result.stderr);
    });
  }

  it('has a case for every rule', () => {
    const messages = JSON.stringify(KINDS.map(manifestOf)).matchAll(/"rule":"(?:[^"\\]|\\.)*","message":"((?:[^"\\]|\\.)*)"/g);
    const uncovered = [...new Set([...messages].map(([, message]) => message ?? ''))].filter(
      (message) => ![...REFUSED.map((one) => one.message), ...UNREACHABLE].some((part) => message.includes(part)),
    );
    assert.deepEqual(uncovered, []);
  });

  it('lets suspend change on a task and revoked on a grant', () => {
    const task = { ...sample('computetask'), metadata: { name: 'suspended' } };
    assert.ok(send('create', task).ok);
    task.spec.suspend = true;
    assert.ok(send('replace', task).ok);
    const asset = { ...sample('dataasset'), metadata: { name: 'revoked' } };
    asset.spec.grants = [grant()];
    assert.ok(send('create', asset).ok);
    asset.spec.grants[0].revoked = true;
    const result = send('replace', asset);
    assert.ok(result.ok, result.stderr);
  });

  it('serves old objects in a later version that adds a defaulted field', () => {
    const old = { ...sample('computetask'), metadata: { name: 'old' } };
    assert.ok(send('create', old).ok);
    const crd = JSON.parse(server.kubectl(['get', 'crd', 'computetasks.collabnet.dev', '-o', 'json']).stdout) as {
      spec: { versions: { name: string; storage: boolean; schema: { openAPIV3Schema: { properties: { spec: { properties: Record<string, unknown> } } } } }[] };
    };
    const next = structuredClone(crd.spec.versions[0]);
    assert.ok(next !== undefined && crd.spec.versions[0] !== undefined);
    next.name = 'v1alpha2';
    crd.spec.versions[0].storage = false;
    for (const version of [next, crd.spec.versions[0]]) {
      version.schema.openAPIV3Schema.properties.spec.properties['weight'] = { type: 'integer', format: 'int64', default: 5 };
    }
    crd.spec.versions.push(next);
    const replaced = server.kubectl(['replace', '-f', '-'], { input: JSON.stringify(crd) });
    assert.ok(replaced.ok, replaced.stderr);
    for (const version of ['v1alpha1', 'v1alpha2']) {
      let read = server.kubectl(['get', '--raw', `/apis/collabnet.dev/${version}/namespaces/default/computetasks/old`]);
      // The API server takes a moment to serve a new version.
      for (let tries = 0; tries < 40 && !read.stdout.includes('"weight"'); tries += 1) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
        read = server.kubectl(['get', '--raw', `/apis/collabnet.dev/${version}/namespaces/default/computetasks/old`]);
      }
      const object = JSON.parse(read.stdout) as Sample;
      assert.equal(object.apiVersion, `collabnet.dev/${version}`);
      assert.equal(object.spec.weight, 5);
      assert.equal(object.spec.purpose, old.spec.purpose);
    }
    const label = server.kubectl(['label', 'computetasks.v1alpha2.collabnet.dev', 'old', 'touched=yes']);
    assert.ok(label.ok, `an old object cannot be changed: ${label.stderr}`);
  });
});

function withoutGrants(object: Sample): Sample {
  const copy = structuredClone(object);
  delete copy.spec.grants;
  return copy;
}
