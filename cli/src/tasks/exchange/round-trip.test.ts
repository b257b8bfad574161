import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flowSpecFromTask } from '@collabnet/flow';
import { stringify } from 'yaml';
import { exportTask } from './exports.ts';
import { fromWorkflow } from './from-workflow.ts';
import { taskFromManifest } from './source-task.ts';
import { changed, exported } from './testing-workflow.ts';
import { example, exampleNames, NETWORK } from './testing.ts';
import { toWorkflow } from './to-workflow.ts';
import type { Workflow } from './workflow.ts';

describe('round trip', () => {
  for (const name of exampleNames()) {
    it(`${name}: export and import give the same canonical specification`, () => {
      const { manifest } = fromWorkflow(exported(name), 'w.yaml');
      assert.deepEqual(flowSpecFromTask(manifest.spec), example(name).flow);
      assert.deepEqual(manifest.spec, example(name).spec);
      assert.equal(manifest.metadata.name, example(name).name);
      // What is printed can be applied and exported again.
      assert.deepEqual(taskFromManifest(stringify(manifest), 'task.yaml').flow, example(name).flow);
    });
  }

  it('members that no example has', () => {
    const { spec, ...rest } = example('intersection');
    const [first, ...others] = spec.parties;
    const full = { ...spec, runID: 'b.2', approvalTimeout: '90m', timeout: '1d2h3m4s5ms', maxAttempts: 3, auditors: [`did:collab:${NETWORK}:auditor`], suspend: true, priority: 'High' as const, parties: [{ ...first!, namespaceHint: 'bank-a' }, ...others] };
    full.steps[0]!.inputs[0]!.assetVersion = 7;
    const { manifest } = fromWorkflow(exportTask({ ...rest, spec: full, flow: flowSpecFromTask(full) }, 'serverless-workflow', { domains: {} }), 'w.yaml');
    assert.deepEqual(manifest.spec, full);
  });

  it('the order of do says nothing of what waits for what', () => {
    const { manifest } = fromWorkflow(changed((w) => w.do.reverse(), 'credit-scoring'), 'w.yaml');
    const sorted = (steps: readonly { name: string }[]): unknown => [...steps].sort((a, b) => a.name.localeCompare(b.name));
    assert.deepEqual(sorted(flowSpecFromTask(manifest.spec).steps), sorted(example('credit-scoring').flow.steps));
  });

  it('the workflow of an example', () => {
    const workflow: Workflow = toWorkflow(example('difference'));
    assert.deepEqual(workflow.document, {
      dsl: '1.0.3',
      namespace: 'default',
      name: 'new-customers',
      version: '1.0.0',
      metadata: {
        collabnet: {
          network: 'demo',
          runID: '1',
          purpose: 'joint-credit-risk',
          trustModel: 'TwoPartySemiHonest',
          wireProfile: 'gm',
          approvalTimeout: '24h',
          maxAttempts: 2,
          parties: [
            { name: 'a', did: `did:collab:${NETWORK}:bank-a` },
            { name: 'b', did: `did:collab:${NETWORK}:bank-b` },
          ],
        },
      },
    });
    assert.deepEqual(workflow.timeout, { after: { hours: 1 } });
    assert.deepEqual(Object.keys(workflow.do[0]!), ['match']);
    assert.equal(workflow.do[0]?.['match']?.call, 'collabnet:Difference');
    assert.deepEqual(workflow.do[0]?.['match']?.with.parameters, { protocol: 'ECDH', curve: 'SM2' });
  });

  it('a name that the DSL does not allow is refused, labels are told', () => {
    assert.throws(() => toWorkflow({ ...example('difference'), name: 'new.customers' }), /metadata\.name: new\.customers is no name in the DSL .*rename the task/);
    assert.match(exportTask({ ...example('difference'), labels: { team: 'risk' } }, 'serverless-workflow', { domains: {} }), /^# label team: risk\ndocument:/);
  });
});
