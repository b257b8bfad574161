import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FlowProposal } from '@collabnet/flow';
import type { ContractError, ContractErrorCode, FlowRecord, GrantContent } from '../index.ts';
import type { TestInstitution } from './actors.ts';
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
      const content = { ...net.algorithmOf(), name: 'spu-mpc', operators: ['Join', 'Statistics', 'Regression', 'Explain', 'PrivateQuery'] as const };
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

    test('a column that was given to be computed over does not become a key of a later step, nor a key a column', async () => {
      const { net, a, b } = bench;
      const columns = bench.proposal().steps[0]?.inputs[1]?.columns ?? [];
      const again = (keys: string[], later: string[]): FlowProposal =>
        scoring(({ steps: [, second] }) => Object.assign(second ?? {}, { operator: 'Join', inputs: second?.inputs.map((each) => ({ ...each, keys, columns: later })) }));
      const grant = await net.grant(b, allowing({ columns: { keys: ['id'], payload: columns } }));
      const codes = async (proposal: FlowProposal): Promise<(string | undefined)[] | undefined> => (await bench.propose(proposal)).approvals[b.did]?.missing.map((each) => `${each.step} ${each.code}`);
      assert.deepEqual(await codes(again(['id'], columns)), []);
      assert.deepEqual(await codes(again(columns.slice(0, 1), [])), ['train GRANT_COLUMNS']);
      assert.deepEqual(await codes(again(columns.slice(0, 1), ['id'])), ['train GRANT_COLUMNS']);
      // A person that agrees to this flow agrees to that as well.
      const asked = await bench.propose(again(columns.slice(0, 1), []));
      await bench.approve(asked, b);
      assert.equal((await bench.approve(asked, a)).approvals[b.did]?.state, 'Approved');
      await net.revoke(b, grant);
    });

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

    test('what opens values of single rows must be named in a standing grant', async () => {
      const { net, b } = bench;
      const asking = (): FlowProposal => bench.proposal(({ steps: [step] }) => Object.assign(step ?? {}, { operator: 'PrivateQuery', algorithm }));
      const any = await net.grant(b, allowing({}));
      const waiting = (await bench.propose(asking())).approvals[b.did];
      assert.deepEqual(waiting?.missing.map((each) => each.code), ['GRANT_OPERATOR']);
      assert.match(waiting?.missing[0]?.message ?? '', /PrivateQuery opens values of single rows: it must be named/);
      const named = await net.grant(b, allowing({ operators: ['PrivateQuery'] }));
      assert.equal((await bench.propose(asking())).approvals[b.did]?.state, 'Approved');
      for (const grant of [any, named]) await net.revoke(b, grant);
    });

    test('a person agrees to every step at once, to those over joined rows too', async () => {
      const { a, b } = bench;
      const flow = await bench.propose(scoring());
      let approved: FlowRecord = flow;
      for (const owner of [a, b]) approved = await bench.approve(flow, owner);
      assert.deepEqual([approved.approvals[a.did]?.missing, approved.approvals[b.did]?.missing], [[], []]);
    });

    /** A flow that has trained a model over both assets, both of whose owners agreed to that. */
    const trained = async (): Promise<FlowRecord> => {
      const { a, b } = bench;
      const proposal = bench.proposal(({ steps: [step], parties }) => Object.assign(step ?? {}, { operator: 'Regression', algorithm, receivers: parties }));
      const flow = await bench.bring('Touched', proposal);
      for (const party of [a, b]) await bench.submit(party, bench.receipt(flow, party, (receipt) => (receipt.algorithm = algorithm)));
      return bench.flow(flow);
    };
    /** Its coefficients, in a flow of their own. */
    const explaining = (flow: string, change: (proposal: FlowProposal) => void = () => {}): FlowProposal =>
      bench.proposal((proposal) => {
        const inputs = proposal.parties.map((party, n) => ({ name: `share-${n}`, party, from: { flow, step: 'match', output: 'model' }, keys: [], columns: [] }));
        Object.assign(proposal.steps[0] ?? {}, { name: 'explain', operator: 'Explain', algorithm, inputs });
        change(proposal);
      });

    test('a model of an earlier flow is used with the consent of all whose data are in it', async () => {
      const { net, a, b } = bench;
      const { flowId, state } = await trained();
      assert.equal(state, 'Succeeded');
      const flow = await bench.propose(explaining(flowId));
      const part = `explain/${flowId.slice(0, 16)}.match.right`;
      assert.deepEqual(flow.approvals[b.did]?.missing.map((each) => [`${each.step}/${each.input}`, each.asset]), [[part, 'bank-b/customers']]);
      const short = await net.grant(b, allowing({ operators: ['Regression'] }));
      assert.deepEqual((await bench.flow(flow)).approvals[b.did]?.missing.map((each) => each.code), ['GRANT_OPERATOR']);
      const enough = await net.grant(b, allowing({ operators: ['Explain'] }));
      assert.deepEqual((await bench.flow(flow)).approvals[b.did]?.grants, { [part]: enough.id });
      await bench.approve(flow, a);
      for (const owner of [a, b]) await bench.confirm(flow, owner);
      const opened = await bench.flow(flow);
      assert.deepEqual([opened.state, opened.minimumSetSize], ['Pending', (await bench.flow({ ...flow, flowId })).minimumSetSize], 'the owners of what is in the model are asked how many');
      await net.revoke(b, enough);
      assert.equal((await bench.flow(flow)).state, 'Cancelled', 'who takes consent back stops the use of the model');
      await net.revoke(b, short);
    });

    const strangers: [string, RegExp, (flow: FlowRecord) => FlowProposal][] = [
      ['of no flow', /there is no flow/, () => explaining('e'.repeat(64))],
      ['of a step that there is not', /has no step train/, ({ flowId }) => explaining(flowId, (p) => p.steps[0]!.inputs.forEach((each) => (each.from!.step = 'train')))],
      ['used by one that keeps no share of it', /the model is used by those that keep its shares: .*bank-a and .*bank-b/, ({ flowId }) => explaining(flowId, (p) => {
        p.parties.push(stranger.did);
        p.steps[0]!.computeParties = [p.parties[0]!, stranger.did];
        p.steps[0]!.inputs[1]!.party = stranger.did;
      })],
    ];
    let model: FlowRecord;
    let stranger: TestInstitution;
    before(async () => {
      model = await trained();
      stranger = await bench.net.admit('bank-c', [bench.a, bench.b]);
    });
    for (const [what, why, proposal] of strangers) {
      test(`not: a model ${what}`, async () => {
        const { net, a, b } = bench;
        const sealed = net.seal('flows', 'propose', { spec: {}, salt: '' }, [a, b, stranger]);
        await assert.rejects(net.send(a, 'flows.propose', proposal(model), sealed), (error: ContractError) => error.code === 'INVALID_ARGUMENT' && /^steps\[0\]\.inputs\[[01]\]\.from: /.test(error.message) && why.test(error.message));
      });
    }

    test('not: what is no model, or of a flow that has not succeeded', async () => {
      const rejected = (flow: FlowRecord, why: RegExp): Promise<void> => assert.rejects(bench.propose(explaining(flow.flowId)), (error: ContractError) => why.test(error.message));
      await rejected(await bench.bring('Succeeded'), /step match is a Intersection; only a model can be used/);
      await rejected(await bench.bring('Pending'), /is Pending; only one that has succeeded/);
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
