import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FlowProposal } from '@collabnet/flow';
import type { ContractErrorCode, FlowRecord, GrantContent } from '../index.ts';
import { Bench } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';

/** Steps that read what earlier ones have made: consent to an asset is asked for all that is done with what comes of it. */
export function lineageSuite(makeDriver: MakeDriver): void {
  describe('steps over outputs of earlier steps', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const content = { ...net.algorithmOf(), name: 'spu-mpc', operators: ['Join', 'Statistics', 'Regression', 'Explain'] as const };
      await net.approveAlgorithm([a, b], { ...content, operators: [...content.operators] });
    });
    after(() => bench.net.close());

    const algorithm = { name: 'spu-mpc', version: '1.0.0' };
    const input = (party: string, step: string, keys: string[]) => ({ name: `${step}-of-${party.split(':').at(-1) ?? ''}`, party, from: { step, output: 'out' }, keys, columns: [] });
    /** Join, then a regression over its rows, then its coefficients for bank-a alone. */
    const scoring = (change: (proposal: FlowProposal) => void = () => {}): FlowProposal =>
      bench.proposal((proposal) => {
        const [join, train, explain] = proposal.steps;
        const both = proposal.parties;
        if (join === undefined || train === undefined || explain === undefined) throw new Error('three steps');
        Object.assign(join, { name: 'join', operator: 'Join', algorithm, receivers: both });
        Object.assign(train, { name: 'train', operator: 'Regression', algorithm, receivers: both, inputs: both.map((party) => input(party, 'join', ['id'])) });
        Object.assign(explain, { name: 'explain', operator: 'Explain', algorithm, receivers: [both[0]], inputs: both.map((party) => input(party, 'train', [])) });
        change(proposal);
      }, 3);
    const allowing = (changes: Partial<GrantContent>): GrantContent => {
      const { net, a, b } = bench;
      return net.grantOf(b, a, { algorithms: [{ name: 'spu-mpc', versions: ['1.0.0'] }], receivers: [a.did, b.did], ...changes });
    };

    const short: [string, ContractErrorCode, Partial<GrantContent>, string[]][] = [
      ['the first operator alone', 'GRANT_OPERATOR', { operators: ['Join'] }, ['train/join.right', 'explain/join.right']],
      ['all but the last operator', 'GRANT_OPERATOR', { operators: ['Join', 'Regression'] }, ['explain/join.right']],
      ['no column', 'GRANT_COLUMNS', { columns: { keys: ['id'], payload: [] } }, ['join/right', 'train/join.right', 'explain/join.right']],
    ];
    for (const [what, code, changes, uncovered] of short) {
      test(`a grant for ${what} does not cover what is made of the data later`, async () => {
        const { net, b } = bench;
        const grant = await net.grant(b, allowing(changes));
        const waiting = (await bench.propose(scoring())).approvals[b.did];
        assert.deepEqual([waiting?.state, waiting?.missing.map((each) => `${each.step}/${each.input}`)], ['Waiting', uncovered]);
        assert.ok(waiting?.missing.every((each) => each.code === code && each.asset === 'bank-b/customers'));
        await net.revoke(b, grant);
      });
    }

    test('a grant for all of it is consent, and its end is the end of the flow', async () => {
      const { net, a, b } = bench;
      const grant = await net.grant(b, allowing({ operators: ['Join', 'Regression', 'Explain'] }));
      const flow = await bench.propose(scoring());
      assert.deepEqual(Object.keys(flow.approvals[b.did]?.grants ?? {}).sort(), ['explain/join.right', 'join/right', 'train/join.right']);
      await bench.approve(flow, a);
      for (const owner of [a, b]) await bench.confirm(flow, owner);
      assert.equal((await bench.flow(flow)).state, 'Pending');
      await net.revoke(b, grant);
      assert.equal((await bench.flow(flow)).state, 'Cancelled');
    });

    test('a person agrees to every step at once, to those over joined rows too', async () => {
      const { a, b } = bench;
      const flow = await bench.propose(scoring());
      let approved: FlowRecord = flow;
      for (const owner of [a, b]) approved = await bench.approve(flow, owner);
      assert.deepEqual([approved.approvals[a.did]?.missing, approved.approvals[b.did]?.missing], [[], []]);
    });

    const faults: [string, string, (proposal: FlowProposal) => void][] = [
      ['an output that the party did not receive', 'steps[2].inputs[1].from', (p) => (p.steps[1]!.receivers = [p.parties[0]!])],
      ['an output of a later step', 'steps[0].inputs[0].from', (p) => p.steps.reverse()],
      ['an asset without keys', 'steps[0].inputs[0].keys', (p) => (p.steps[0]!.inputs[0]!.keys = [])],
      ['keys that do not pair up', 'steps[1].inputs[1].keys', (p) => (p.steps[1]!.inputs[1]!.keys = ['id', 'born'])],
    ];
    for (const [what, field, change] of faults) {
      test(`not: ${what}`, async () => {
        await refused(bench.propose(scoring(change)), 'INVALID_ARGUMENT', field);
      });
    }

    test('not: a trust model for which the operator has no protocol', async () => {
      await refused(bench.propose(scoring((p) => (p.trustModel = 'MultiPartySemiHonest'))), 'INVALID_ARGUMENT');
    });
  });
}
