import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { sourceTask, taskFromManifest } from './source-task.ts';
import { exampleText, NETWORK } from './testing.ts';

describe('a manifest', () => {
  it('may hold other objects; exactly one is a task', () => {
    const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n---\n';
    assert.equal(taskFromManifest(other + exampleText('difference'), 't.yaml').name, 'new-customers');
    assert.throws(() => taskFromManifest(other, 't.yaml'), /t\.yaml: holds no object of kind ComputeTask/);
    assert.throws(() => taskFromManifest(`${exampleText('difference')}\n---\n${exampleText('intersection')}`, 't.yaml'), /holds 2 ComputeTasks; keep one/);
  });

  it('that is not valid is refused with every finding and its line', () => {
    const text = exampleText('difference').replace('purpose:', 'purpos:').replace('curve: SM2', 'curves: SM2').replace('collabnet.dev/v1alpha1', 'collabnet.dev/v2');
    assert.throws(() => taskFromManifest(text, 't.yaml'), (error: Error) => {
      for (const said of [/line 2: apiVersion: must be collabnet\.dev\/v1alpha1/, /spec\.purpose: is missing; add it/, /line 8: spec\.purpos: there is no such member/, /line 20: spec\.steps\[0\]\.parameters\.curves: Difference has no such parameter/]) assert.match(error.message, said);
      return true;
    });
  });

  it('as a cluster stores it says who proposed it', () => {
    const stored = { ...(parse(exampleText('difference')) as object), status: { proposer: `did:collab:${NETWORK}:bank-b` } };
    assert.equal(sourceTask(stored, 'ComputeTask new-customers').proposer, `did:collab:${NETWORK}:bank-b`);
  });
});
