import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromWorkflow } from './from-workflow.ts';
import { REFUSED_KINDS, REFUSED_OF_CALL, REFUSED_OF_WORKFLOW } from './refusals.ts';
import { add, changed, literal, put, refusal, refused, remove, step, terms } from './testing-workflow.ts';
import { example } from './testing.ts';

describe('import', () => {
  it('fills in defaults and tells what it leaves out', () => {
    const text = changed((w) => {
      const { network, purpose, parties } = terms(w);
      w.document = { ...w.document, title: 'Common\ncustomers', tags: { team: 'risk' }, metadata: { owner: 'lin', collabnet: { network, purpose, parties } } };
      put(step(w), { metadata: { note: 'x' } });
      remove(w, 'timeout');
    });
    const { manifest, leftOut } = fromWorkflow(text, 'w.yaml');
    assert.deepEqual(manifest.spec, example('intersection').spec);
    assert.deepEqual(leftOut, ['document.namespace: default', 'document.version: 1.0.0', 'document.title: Common\ncustomers', 'document.tags: {"team":"risk"}', 'document.metadata.owner: "lin"', 'metadata of step match']);
  });

  it('takes times inline and in ISO 8601', () => {
    const timeout = (after: unknown): string => fromWorkflow(changed((w) => (w.timeout = { after })), 'w.yaml').manifest.spec.timeout;
    assert.equal(timeout('PT90M'), '1h30m');
    assert.equal(timeout('P1W'), '7d');
    assert.equal(timeout({ minutes: 1, seconds: 30 }), '1m30s');
    for (const wrong of ['P1M', 'PT0S', 'P', '1h', 'PT1.5H', {}, { hours: -1 }, { hours: 1.5 }, { fortnights: 1 }, [1]]) refused(changed((w) => (w.timeout = { after: wrong })), /^line \d+: timeout\.after: must be a length of time such as/);
    refused(changed((w) => (w.timeout = 'short')), /timeout: must be a map with after/);
    refused(changed((w) => (w.timeout = { after: { days: 31 } })), /timeout\.after: .*2592000000/);
  });

  it('unknown calls and operators', () => {
    refused(changed((w) => (step(w).call = 'http')), /^line \d+: do\[0\]\.match\.call: http is no call that a step can make; write collabnet:<Operator>, one of Intersection, /);
    refused(changed((w) => (step(w).call = 'collabnet:Merge')), /do\[0\]\.match\.call: there is no operator Merge; write collabnet: and one of Intersection, /);
    refused(changed((w) => (step(w).call = 3)), /do\[0\]\.match\.call: must be a text/);
  });

  it('everything else of the DSL, by name, with its place and what to write', () => {
    for (const [kind, why] of Object.entries(REFUSED_KINDS)) refused(changed((w) => add(w, { other: { [kind]: {} } })), new RegExp(`do\\[1\\]\\.other\\.${kind}: ${literal(why)}`));
    for (const [member, why] of Object.entries(REFUSED_OF_CALL)) refused(changed((w) => put(step(w), { [member]: '${ .x }' })), new RegExp(`do\\[0\\]\\.match\\.${member}: ${literal(why)}`));
    for (const [member, why] of Object.entries(REFUSED_OF_WORKFLOW)) refused(changed((w) => put(w, { [member]: {} })), new RegExp(`line \\d+: ${member}: ${literal(why)}`));
    refused(changed((w) => put(w, { extra: 1 })), /extra: there is no such member; there are document, timeout, do/);
    refused(changed((w) => put(step(w), { until: 1 })), /do\[0\]\.match\.until: a call has no such member/);
  });

  it('members that every object of JavaScript has are members like others', () => {
    refused(changed((w) => put(step(w), { toString: 1 })), /do\[0\]\.match\.toString: a call has no such member/);
  });

  it('a loop is refused once, with its line', () => {
    const text = changed((w) => add(w, { again: { for: { each: 'x', in: '${ .all }' }, while: '${ .go }', do: [] } }));
    const line = text.split('\n').findIndex((each) => each.includes('for:')) + 2;
    refused(text, new RegExp(`^line ${line}: do\\[1\\]\\.again\\.for: there are no loops: .*write each step as a call of its own`));
  });

  it('runtime expressions', () => {
    refused(changed((w) => put(terms(w), { network: '${ .network }' })), /document\.metadata\.collabnet\.network: is a runtime expression/);
    refused(changed((w) => put(terms(w), { purpose: '${ .purpose }' })), /document\.metadata\.collabnet\.purpose: is a runtime expression; write the value itself/);
    refused(changed((w) => put(step(w).with.inputs[0]!, { asset: '${ .a }' })), /do\[0\]\.match\.with\.inputs\[0\]\.asset: is a runtime expression/);
  });

  it('entries of do that are none', () => {
    refused(changed((w) => put(w, { do: {} })), /^line \d+: do: must be a list of steps/);
    refused(changed((w) => remove(w, 'do')), /do: is missing; write a list of steps/);
    refused(changed((w) => add(w, { a: {}, b: {} })), /do\[1\]: must be a map with one member, the name of a step; write each of a, b as an entry of its own/);
    refused(changed((w) => add(w, 'x')), /do\[1\]: must be a map with one member/);
    refused(changed((w) => add(w, { x: null })), /do\[1\]\.x: must be a map with call and with/);
    refused(changed((w) => add(w, { x: {} })), /do\[1\]\.x: has no call; write call: collabnet:<Operator>/);
    refused(changed((w) => remove(step(w), 'with')), /do\[0\]\.match\.with: is missing; write a map with algorithm, roles, inputs, parameters, outputs/);
  });

  it('malformed YAML, with line and column', () => {
    assert.match(refusal('document:\n  dsl: 1.0.3\n  name: [a\ndo: []\n').join('\n'), /^w\.yaml: is no well-formed YAML; correct\nline 4, column 1: /);
    assert.match(refusal('do: []\ndo: []\n').join('\n'), /line 2, column 1: Map keys must be unique/);
    assert.match(refusal('a: &a [x]\nb: [*c]\n').join('\n'), /line 2, column 5: There is no anchor &c before this alias/);
    assert.match(refusal('a: 1\n---\nb: 1\n').join('\n'), /must hold one workflow, not 2/);
    assert.match(refusal('').join('\n'), /must hold one workflow, not none|must be a map/);
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join()}]`)].join('\n');
    assert.match(refusal(bomb).join('\n'), /its aliases cannot be expanded/);
  });
});
