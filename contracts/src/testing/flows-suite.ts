import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { omit } from '../core/omit.ts';
import type { FlowProposal } from '@collabnet/flow';
import {
  type ContractErrorCode,
  type FlowAction,
  type FlowRecord,
  type FlowState,
  type Lease,
  TERMINAL_STATES,
  TRANSITIONS,
} from '../index.ts';
import { Bench, type Stage } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE } from './network.ts';

/** The life of a flow. */
export function flowsSuite(makeDriver: MakeDriver): void {
  describe('transitions', () => {
    let bench: Bench;
    const flows = new Map<FlowState, FlowRecord>();
    before(async () => {
      bench = await Bench.make(makeDriver);
      const stages: [FlowState, Stage][] = [
        ['AwaitingApproval', 'AwaitingApproval'],
        ['Pending', 'Pending'],
        ['Running', 'Running'],
        ['Succeeded', 'Succeeded'],
        ['Failed', 'Failed'],
        ['Cancelled', 'Cancelled'],
        ['ApprovalReject', 'ApprovalReject'],
      ];
      for (const [state, stage] of stages) flows.set(state, await bench.bring(stage));
    });
    after(() => bench.net.close());

    const calls: Record<Exclude<FlowAction, 'revoke'>, (flow: FlowRecord) => Promise<unknown>> = {
      approve: (flow) => bench.approve(flow, bench.b),
      refuse: (flow) => bench.approve(flow, bench.b, 'Refuse'),
      confirm: (flow) => bench.confirm(flow, bench.b),
      reserve: async (flow) => bench.net.send(bench.a, 'flows.reserve', await bench.reservation(flow, bench.a)),
      start: (flow) => bench.start(flow),
      touch: (flow) => bench.touch(flow),
      fail: (flow) => bench.fail(flow),
      receipt: (flow) => bench.submit(bench.a, bench.receipt(flow, bench.a)),
      cancel: (flow) => bench.net.send(bench.a, 'flows.cancel', { flowId: flow.flowId, reason: 'tested' }),
      expire: (flow) => bench.net.send(bench.b, 'flows.expire', { flowId: flow.flowId }),
    };
    /** Not a transition: the same call, made before, is answered again; an owner may say late that data went out. */
    const adopted = [
      'confirm/Pending',
      'confirm/Running',
      'reserve/Running',
      'start/Running',
      'touch/Failed',
      'receipt/Succeeded',
    ];
    for (const [action, call] of Object.entries(calls)) {
      for (const state of ['AwaitingApproval', 'Pending', 'Running', ...TERMINAL_STATES] as FlowState[]) {
        if (TRANSITIONS[action as FlowAction][state] !== undefined || adopted.includes(`${action}/${state}`)) continue;
        test(`${action} is refused when ${state}`, async () => {
          const flow = flows.get(state);
          assert.ok(flow);
          const held = await bench.flow(flow);
          assert.equal(held.state, state);
          await refused(call(flow), 'ILLEGAL_TRANSITION');
          assert.deepEqual(await bench.flow(flow), held);
        });
      }
    }

    test('nothing leads out of a terminal state, and every state is reached by something', () => {
      const reached = new Set(Object.values(TRANSITIONS).flatMap((row) => Object.values(row).flat()));
      for (const row of Object.values(TRANSITIONS))
        for (const state of TERMINAL_STATES) assert.equal(row[state], undefined);
      assert.deepEqual([...reached].sort(), [
        'ApprovalReject',
        'AwaitingApproval',
        'Cancelled',
        'Failed',
        'Pending',
        'Running',
        'Succeeded',
      ]);
    });
  });

  describe('proposals', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    const step = (proposal: FlowProposal): FlowProposal['steps'][number] => proposal.steps[0]!;
    const cases: [string, ContractErrorCode, string, (proposal: FlowProposal) => void][] = [
      ['an unknown member', 'INVALID_ARGUMENT', '(root)', (p) => Object.assign(p, { extra: 1 })],
      [
        'an unknown algorithm',
        'ALGORITHM_UNAVAILABLE',
        'steps[0].algorithm',
        (p) => (step(p).algorithm.version = '9.9.9'),
      ],
      ['an unknown asset', 'NOT_FOUND', 'steps[0].inputs[0].asset', (p) => (step(p).inputs[0]!.asset = 'bank-a/none')],
      [
        'an asset of another party',
        'INVALID_ARGUMENT',
        'steps[0].inputs[0].party',
        (p) => (step(p).inputs[0]!.asset = 'bank-b/customers'),
      ],
      [
        'a version to come',
        'ASSET_UNAVAILABLE',
        'steps[0].inputs[0].assetVersion',
        (p) => (step(p).inputs[0]!.assetVersion = 99),
      ],
      [
        'a column that is not shown',
        'INVALID_ARGUMENT',
        'steps[0].inputs[1].keys',
        (p) => (step(p).inputs[1]!.columns = ['salary']),
      ],
      [
        'keys that do not pair up',
        'INVALID_ARGUMENT',
        'steps[0].inputs[1].keys',
        (p) => (step(p).inputs[1]!.keys = ['id', 'born']),
      ],
      ['one compute party', 'INVALID_ARGUMENT', 'steps[0].computeParties', (p) => step(p).computeParties.pop()],
      [
        'a compute party twice',
        'INVALID_ARGUMENT',
        'steps[0].computeParties',
        (p) => (step(p).computeParties = [p.parties[0]!, p.parties[0]!]),
      ],
      [
        'a party that is no member',
        'INVALID_ARGUMENT',
        'parties[2]',
        (p) => p.parties.push(`did:collab:${'0'.repeat(32)}:bank-z`),
      ],
      [
        'a trust model the operator has no protocol for',
        'INVALID_ARGUMENT',
        'trustModel',
        (p) => (p.trustModel = 'ThreePartyHonestMajority'),
      ],
      ['an operator that the algorithm has not', 'INVALID_ARGUMENT', 'steps[0].operator', (p) => (step(p).operator = 'Cardinality')],
      [
        'a source that is not earlier',
        'INVALID_ARGUMENT',
        'steps[0].inputs[0].from',
        (p) => fromStep(step(p).inputs[0]!),
      ],
      ['a deadline in the past', 'INVALID_ARGUMENT', 'approvalDeadline', (p) => (p.approvalDeadline = 1)],
      ['a deadline before the approvals', 'INVALID_ARGUMENT', 'deadline', (p) => (p.deadline = p.approvalDeadline)],
      ['inputs of one party', 'INVALID_ARGUMENT', 'steps[0].inputs', (p) => step(p).inputs.pop()],
    ];
    for (const [what, code, field, change] of cases) {
      test(`${what} is refused`, () => refused(bench.propose(bench.proposal(change)), code, field));
    }

    test('the same task again is refused, so that its flow is adopted', async () => {
      const proposal = bench.proposal();
      await bench.propose(proposal);
      await refused(bench.propose(proposal), 'ALREADY_EXISTS', 'flowId');
    });

    test('a sealed part that a party cannot open is refused', async () => {
      const { net, a } = bench;
      await refused(net.send(a, 'flows.propose', bench.proposal()), 'INVALID_ARGUMENT', 'sealed.recipients');
      const half = net.seal('flows', 'propose', {}, [a]);
      await refused(net.send(a, 'flows.propose', bench.proposal(), half), 'INVALID_ARGUMENT', 'sealed.recipients');
    });

    test('an older version leads neither to a column taken out since nor to a smaller set', async () => {
      const { net, a, b } = bench;
      const old = { ...net.assetOf(b, 'narrowed'), disclosure: { minimumSetSize: 10 } };
      await net.publish(b, old);
      const columns = old.columns.filter(({ name }) => name !== 'score');
      await net.publish(b, { ...old, columns, disclosure: { minimumSetSize: 5_000 } });
      const use = (wanted: string[]): FlowProposal =>
        bench.proposal(({ steps }) =>
          Object.assign(steps[0]!.inputs[1]!, { asset: old.assetId, assetVersion: 1, columns: wanted }),
        );
      await refused(bench.propose(use(['score'])), 'INVALID_ARGUMENT', 'steps[0].inputs[1].keys');
      const flow = await bench.propose(use([]));
      for (const owner of [a, b]) await bench.approve(flow, owner);
      assert.equal((await bench.open(flow)).minimumSetSize, 5_000);
    });

    test('the asset version is fixed when proposed, and the sealed part can be read from the ledger', async () => {
      const flow = await bench.propose();
      assert.deepEqual(
        flow.steps[0]?.inputs.map((input) => input.assetVersion),
        [1, 1],
      );
      const sealed = await bench.net.query<{ nonce: string }>('flows.sealed', { flowId: flow.flowId });
      assert.match(sealed.nonce, /^[0-9a-f]{32}$/);
    });
  });

  describe('consent to a flow', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    test('both owners must agree, the proposer too; then both must confirm', async () => {
      const flow = await bench.propose();
      await refused(bench.confirm(flow, bench.a), 'APPROVAL_MISSING');
      await bench.approve(flow, bench.b);
      await refused(bench.confirm(flow, bench.b), 'APPROVAL_MISSING');
      const agreed = await bench.approve(flow, bench.a);
      assert.deepEqual(
        [agreed.approvals[bench.a.did]?.via, agreed.approvals[bench.a.did]?.person],
        ['Person', bench.a.manager.did],
      );
      assert.equal((await bench.confirm(flow, bench.a)).state, 'AwaitingApproval');
      assert.equal(
        (await bench.confirm(flow, bench.a)).state,
        'AwaitingApproval',
        'confirming twice is not confirming for both',
      );
      const opened = await bench.confirm(flow, bench.b);
      assert.deepEqual([opened.state, opened.minimumSetSize, opened.currentStep], ['Pending', 100, 'match']);
      assert.equal(opened.deadline, bench.net.driver.now() + 20 * MINUTE);
    });

    test('consent to other terms is refused', async () => {
      const flow = await bench.propose();
      const subject = { id: flow.flowId, digest: 'ab'.repeat(32) };
      await refused(bench.net.consent(bench.b.manager, 'Flow', subject), 'CONFLICT', 'subject.digest');
    });

    test('a refusal ends the flow for good and names person and reason', async () => {
      const flow = await bench.propose();
      await bench.approve(flow, bench.a);
      const ended = await bench.approve(flow, bench.b, 'Refuse');
      assert.deepEqual([ended.state, ended.reason, ended.message], ['ApprovalReject', 'REFUSED', 'tested']);
      assert.deepEqual(
        [ended.approvals[bench.b.did]?.state, ended.approvals[bench.b.did]?.person],
        ['Refused', bench.b.manager.did],
      );
      await refused(bench.approve(flow, bench.b), 'ILLEGAL_TRANSITION');
    });

    test('the smallest set is the largest of asset and grant', async () => {
      const { net, a, b } = bench;
      await net.publish(b, { ...net.assetOf(b, 'open'), disclosure: { minimumSetSize: 5 } });
      await net.publish(a, { ...net.assetOf(a, 'open'), disclosure: { minimumSetSize: 7 } });
      const using = bench.proposal((proposal) => {
        proposal.steps[0]!.inputs[0]!.asset = 'bank-a/open';
        proposal.steps[0]!.inputs[1]!.asset = 'bank-b/open';
      });
      assert.equal((await bench.bring('Pending', using)).minimumSetSize, 7);
      await net.grant(
        a,
        net.grantOf(a, a, { asset: 'bank-a/open', disclosure: { minimumSetSize: 30 }, purpose: 'strict' }),
      );
      const strict = bench.proposal((proposal) => {
        proposal.purpose = 'strict';
        proposal.steps[0]!.inputs[0]!.asset = 'bank-a/open';
        proposal.steps[0]!.inputs[1]!.asset = 'bank-b/open';
      });
      assert.equal((await bench.bring('Pending', strict)).minimumSetSize, 30);
    });
  });

  describe('attempts', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    test('a start waits for all reservations; each is made once', async () => {
      const { net, a, b } = bench;
      const flow = await bench.bring('Pending');
      await refused(bench.start(flow), 'ILLEGAL_TRANSITION', 'attempt');
      const first = await bench.reserve(flow, a);
      assert.deepEqual(await bench.reserve(flow, a), first);
      await refused(
        net.send(a, 'flows.reserve', { ...(await bench.reservation(flow, a)), isolation: 'none' }),
        'CONFLICT',
        'attempt',
      );
      await refused(bench.start(flow), 'ILLEGAL_TRANSITION', 'attempt');
      const image = { ...(await bench.reservation(flow, b)), imageDigest: `sha256:${'2'.repeat(64)}` };
      await refused(net.send(b, 'flows.reserve', image), 'IMAGE_MISMATCH', 'imageDigest');
      await refused(net.send(b, 'flows.reserve', omit(image, 'imageDigest')), 'IMAGE_MISMATCH', 'imageDigest');
      await refused(
        net.send(b, 'flows.reserve', { ...(await bench.reservation(flow, b)), attempt: 2 }),
        'ILLEGAL_TRANSITION',
        'attempt',
      );
      await bench.reserve(flow, b);
      const started = await bench.start(flow, b);
      assert.deepEqual([started.state, started.lease?.valid], ['Running', true]);
      assert.deepEqual(await bench.start(flow, a), started);
    });

    test('parties that reserve with the same key cannot start', async () => {
      const { net, a, b } = bench;
      const flow = await bench.bring('Pending');
      await bench.reserve(flow, a);
      const pair = bench.courier(flow, a);
      const delegation = await net.delegate(b, pair, ['flows.touch'], { task: flow.flowId, attempt: '1' });
      await net.send(b, 'flows.reserve', { ...(await bench.reservation(flow, b)), courierKey: pair.publicKey, delegation });
      await refused(bench.start(flow), 'CONFLICT', 'courierKey');
    });

    test('a later attempt must use the inputs of the first', async () => {
      const { net, a, b } = bench;
      const flow = await bench.bring('Running');
      assert.equal((await bench.fail(flow)).state, 'Pending');
      assert.equal((await bench.fail(flow, b)).state, 'Pending', 'the other party reports the same attempt');
      const step = await bench.step(flow);
      assert.deepEqual([step.attempt, step.attempts.length, step.attempts[0]?.reason], [2, 1, 'PEER_LOST']);
      const changed = {
        ...(await bench.reservation(flow, a, 2)),
        inputCommitments: [{ input: 'left', commitment: 'ff'.repeat(32) }],
      };
      await refused(net.send(a, 'flows.reserve', changed), 'INPUT_CHANGED', 'inputCommitments');
      assert.equal(
        (await bench.touch(flow, a, 1)).attempts[0]?.touched,
        true,
        'an owner may say late that data went out',
      );
      await refused(bench.touch(flow, a, 2), 'ILLEGAL_TRANSITION');
      assert.equal((await bench.run(flow, 2)).state, 'Running');
      await refused(bench.touch(flow, a, 3), 'ILLEGAL_TRANSITION', 'attempt');
      assert.equal((await bench.touch(flow, a, 1)).touched, false, 'it says nothing about the attempt that runs');
      const ended = await bench.fail(flow, a, 2);
      assert.deepEqual([ended.state, ended.reason], ['Failed', 'PEER_LOST']);
    });

    test('an attempt that exchanged data and failed gives nobody the chance to change an input', async () => {
      const { net, a, b } = bench;
      const flow = await bench.bring('Touched');
      assert.equal((await bench.fail(flow)).state, 'Pending');
      assert.equal((await bench.step(flow)).attempts[0]?.touched, true);
      for (const [party, input, own] of [[a, 'left', 'aa'], [b, 'right', 'bb']] as const) {
        const again = await bench.reservation(flow, party, 2);
        for (const inputCommitments of [
          [{ input, commitment: 'ff'.repeat(32) }],
          [{ input, commitment: own.repeat(32), rowsCommitment: 'ff'.repeat(32) }],
        ]) {
          await refused(net.send(party, 'flows.reserve', { ...again, inputCommitments }), 'INPUT_CHANGED', 'inputCommitments');
        }
        await refused(net.send(party, 'flows.reserve', { ...again, inputCommitments: [] }), 'INVALID_ARGUMENT', 'inputCommitments');
      }
      assert.deepEqual((await bench.step(flow)).reservations, {}, 'and nothing of it was kept');
      assert.equal((await bench.run(flow, 2)).state, 'Running');
    });

    test('an attempt that cannot be tried again ends the flow', async () => {
      const flow = await bench.bring('Running');
      assert.equal((await bench.fail(flow, bench.b, 1, false)).state, 'Failed');
      assert.equal((await bench.step(flow)).state, 'Failed');
    });

    test('the data may be read for the current attempt, its asset, version and columns only', async () => {
      const { net } = bench;
      const flow = await bench.bring('Pending');
      const ask = (change: object = {}): Promise<Lease> =>
        net.query<Lease>('flows.mayRead', {
          flowId: flow.flowId,
          step: 'match',
          attempt: 1,
          asset: 'bank-b/customers',
          assetVersion: 1,
          columns: ['id', 'score'],
          ...change,
        });
      assert.equal((await ask()).valid, true);
      assert.equal((await ask({ columns: ['id', 'born'] })).reason, 'GRANT_COLUMNS');
      assert.equal((await ask({ assetVersion: 2 })).valid, false);
      assert.equal((await ask({ asset: 'bank-b/other' })).valid, false);
      assert.equal((await ask({ attempt: 2 })).reason, 'STATE');
      await net.send(bench.a, 'flows.cancel', { flowId: flow.flowId, reason: '' });
      assert.equal((await ask()).reason, 'STATE');
    });

    test('an algorithm that is revoked ends leases; retired or revoked it cannot be started', async () => {
      const { net, a, b } = bench;
      for (const [version, method, args] of [
        ['3.0.0', 'algorithms.retire', {}],
        ['3.1.0', 'algorithms.revoke', { reason: 'flaw' }],
      ] as const) {
        await net.approveAlgorithm([a, b], net.algorithmOf(version));
        const use = (): FlowProposal => bench.proposal((proposal) => (proposal.steps[0]!.algorithm.version = version));
        const reserved = await bench.bring('Reserved', use());
        const running = await bench.bring('Running', use());
        await net.send(a, method, { name: 'spu-psi', version, ...args });
        const result = await bench.start(reserved);
        assert.deepEqual([result.state, result.reason], ['Failed', 'ALGORITHM_UNAVAILABLE']);
        const lease = await net.query<Lease>('flows.lease', { flowId: running.flowId, step: 'match', attempt: 1 });
        assert.equal(lease.valid, version === '3.0.0');
      }
    });
  });

  describe('deadlines', () => {
    const expire = (bench: Bench, flow: FlowRecord): Promise<FlowRecord> =>
      bench.net.send<FlowRecord>(bench.b, 'flows.expire', { flowId: flow.flowId });

    test('of approvals: nothing before, anyone after, and no consent any more', async () => {
      const bench = await Bench.make(makeDriver);
      const [waiting, agreed] = [await bench.bring('AwaitingApproval'), await bench.bring('Approved')];
      await bench.net.driver.advanceTime(30 * MINUTE - 1);
      await refused(expire(bench, waiting), 'TOO_EARLY');
      await bench.net.driver.advanceTime(1);
      await refused(bench.approve(waiting, bench.a), 'EXPIRED');
      await refused(bench.confirm(agreed, bench.a), 'EXPIRED');
      for (const flow of [waiting, agreed]) {
        const ended = await expire(bench, flow);
        assert.deepEqual([ended.state, ended.reason], ['Failed', 'APPROVAL_EXPIRED']);
      }
      await bench.net.close();
    });

    test('of a reservation: the next attempt, then the end', async () => {
      const bench = await Bench.make(makeDriver, { reserveWindowMs: MINUTE });
      const flow = await bench.bring('Pending');
      await bench.reserve(flow, bench.a);
      await bench.net.driver.advanceTime(MINUTE - 1);
      await refused(expire(bench, flow), 'TOO_EARLY');
      await bench.net.driver.advanceTime(1);
      await refused(bench.reserve(flow, bench.b), 'EXPIRED');
      assert.equal((await expire(bench, flow)).state, 'Pending');
      const step = await bench.step(flow);
      assert.deepEqual([step.attempt, Object.keys(step.reservations).length], [2, 0]);
      await bench.net.driver.advanceTime(MINUTE);
      const ended = await expire(bench, flow);
      assert.deepEqual([ended.state, ended.reason], ['Failed', 'RESERVATION_EXPIRED']);
      await bench.net.close();
    });

    test('of the flow: the lease ends with it, and anyone may say so', async () => {
      const bench = await Bench.make(makeDriver);
      const flow = await bench.bring('Running');
      const lease = (): Promise<Lease> =>
        bench.net.query<Lease>('flows.lease', { flowId: flow.flowId, step: 'match', attempt: 1 });
      await bench.net.driver.advanceTime(20 * MINUTE - 1);
      assert.deepEqual(await lease(), { valid: true, until: flow.deadline });
      await refused(expire(bench, flow), 'TOO_EARLY');
      await bench.net.driver.advanceTime(1);
      assert.deepEqual([(await lease()).valid, (await lease()).reason], [false, 'EXPIRED']);
      assert.equal((await expire(bench, flow)).reason, 'DEADLINE_EXCEEDED');
      await bench.net.close();
    });
  });
}

function fromStep(input: FlowProposal['steps'][number]['inputs'][number]): void {
  delete input.asset;
  delete input.assetVersion;
  input.from = { step: 'later', output: 'matched' };
}
