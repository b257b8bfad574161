import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { add, changed, put, refusal, refused, remove, step, terms } from './testing-workflow.ts';

describe('import checks the task', () => {
  it('missing parties, purpose, network', () => {
    refused(
      changed((w) => remove(w.document, 'metadata')),
      /document\.metadata\.collabnet\.network: is missing; add it/,
      /document\.metadata\.collabnet\.purpose: is missing; add it \(Purpose of the computation\)/,
      /document\.metadata\.collabnet\.parties: is missing; add it \(Institutions that/,
    );
    refused(changed((w) => terms(w).parties.pop()), /document\.metadata\.collabnet\.parties: Too small/);
  });

  it('the document that the DSL asks for', () => {
    refused(
      changed((w) => Object.assign(w.document, { dsl: '0.9.0', namespace: 'a.b', name: 'Upper', version: 1, extra: true })),
      /document\.dsl: must be the version of the DSL .*'1\.0\.3'/,
      /document\.namespace: must be/,
      /document\.name: must be the name of the ComputeTask/,
      /document\.version: must be a semantic version/,
      /document\.extra: there is no such member/,
    );
    refused('do: []\n', /document: is missing/, /do: must be a list/, /network: is missing/, /purpose: is missing/, /parties: is missing/);
    refused('just text\n', /^line 1: \(root\): must be a map/);
  });

  it('misspelt members at every depth', () => {
    refused(
      changed((w) => {
        put(terms(w), { trustmodel: 'x' });
        put(terms(w).parties[0]!, { dids: 'x' });
        put(step(w).with, { role: {}, parameters: { bins: 3 } });
        put(step(w).with.inputs[1]!, { column: [] });
      }),
      /collabnet\.trustmodel: there is no such member; there are network, runID/,
      /parties\[0\]\.dids: there is no such member; there are name, did, namespaceHint/,
      /do\[0\]\.match\.with\.role: there is no such member; there are algorithm, roles/,
      /inputs\[1\]\.column: there is no such member; there are name, party, asset/,
      /parameters\.bins: Intersection has no such parameter; it has protocol, curve/,
    );
  });

  it('findings about the task as a whole, all at once, in terms of the file', () => {
    refused(
      changed((w) => {
        put(terms(w), { approvalTimeout: '0s' });
        put(step(w, 'bins').with.inputs[0]!, { from: { step: 'join', output: 'row' } });
        put(step(w, 'train').with['roles']!, { compute: ['a', 'c'] });
        put(step(w, 'evaluate').with['parameters']!, { label: 'nothing' });
      }, 'credit-scoring'),
      /document\.metadata\.collabnet\.approvalTimeout: "0s" is no duration/,
      /do\[1\]\.bins\.with\.inputs\[0\]\.from: no step "join" with an output "row"/,
      /do\[2\]\.train\.with\.roles\.receivers: each compute party keeps its part of the model; add c/,
      /do\[2\]\.train\.with\.roles\.compute\[1\]: "c" is no party of this task; name one of a, b/,
      /do\[2\]\.train\.with\.roles\.compute: the step runs at the parties/,
      /do\[2\]\.train\.with\.roles\.receivers\[1\]: the result appears at the compute parties/,
      /do\[3\]\.evaluate\.with\.parameters\.label: no party gives a column nothing/,
    );
  });

  it('names, cycles and trust models', () => {
    refused(changed((w) => add(w, w.do[0])), /do\[1\]\.match: "match" is named twice/);
    refused(changed((w) => put(terms(w), { trustModel: 'ThreePartyHonestMajority' }), 'difference'), /collabnet\.trustModel: do\[0\]\.match is a Difference, which has no protocol for/);
    const reading = (name: string): object => ({ name: 'left', party: 'a', from: { step: name, output: 'result' }, keys: ['id_card', 'branch'] });
    const circle = changed((w) => {
      const again = structuredClone(step(w));
      put(step(w).with.inputs, { 0: reading('again') });
      put(again.with.inputs, { 0: reading('match') });
      add(w, { again });
    });
    const cycle = refusal(circle);
    assert.ok(cycle.some((line) => /do: the steps match, again wait for each other's outputs/.test(line)), cycle.join('\n'));
  });
});
