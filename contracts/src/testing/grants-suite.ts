import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ContractErrorCode, FlowRecord, GrantContent, GrantUse, GrantView, Lease, Page } from '../index.ts';
import { Bench, digest } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE, START } from './network.ts';

/** What a grant covers, how often, until when. */
export function grantsSuite(makeDriver: MakeDriver): void {
  describe('standing grants', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
      // bank-a's own data: consent once for all tests here.
      await bench.net.grant(bench.a, bench.net.grantOf(bench.a, bench.a, { purpose: 'fraud screening' }));
    });
    after(() => bench.net.close());

    const other = `did:collab:${'0'.repeat(32)}:bank-z`;
    const cases: [ContractErrorCode, (grant: GrantContent) => void][] = [
      ['GRANT_PURPOSE', (grant) => (grant.purpose = 'marketing')],
      ['GRANT_ALGORITHM', (grant) => (grant.algorithms = [{ name: 'other-psi', versions: ['*'] }])],
      ['GRANT_ALGORITHM', (grant) => (grant.algorithms = [{ name: 'spu-psi', versions: ['0.9.0'] }])],
      ['GRANT_TRUST_MODEL', (grant) => (grant.trustModels = ['ThreePartyHonestMajority'])],
      ['GRANT_WIRE_PROFILE', (grant) => (grant.wireProfiles = ['gm'])],
      ['GRANT_OPERATOR', (grant) => (grant.operators = ['Difference'])],
      ['GRANT_COLUMNS', (grant) => (grant.columns = { keys: ['born'], payload: ['score'] })],
      ['GRANT_COLUMNS', (grant) => (grant.columns = { keys: ['id'], payload: [] })],
      ['GRANT_RECEIVERS', (grant) => (grant.receivers = [other])],
      ['GRANT_COMPUTE_PARTIES', (grant) => (grant.computeParties = [other])],
      [
        'GRANT_NOT_YET_VALID',
        (grant) => (grant.form = { type: 'Period', notBefore: START + 60 * MINUTE, notAfter: START + 90 * MINUTE }),
      ],
    ];
    for (const [code, change] of cases) {
      test(`a flow that is not covered waits and says ${code}`, async () => {
        const { net, a, b } = bench;
        const grant = net.grantOf(b, a);
        change(grant);
        await net.grant(b, grant);
        const flow = await bench.propose();
        assert.equal(flow.approvals[a.did]?.state, 'Approved');
        const waiting = flow.approvals[b.did];
        assert.equal(waiting?.state, 'Waiting');
        assert.deepEqual(
          waiting?.missing.map((each) => each.code),
          [code],
        );
        const check = await net.query<{ holds: boolean; missing: { code: string }[] }>('grants.check', {
          flowId: flow.flowId,
        });
        assert.equal(check.holds, false);
        await net.revoke(b, grant);
      });
    }

    test('a covering grant is consent at once, also when it comes while the flow waits', async () => {
      const { net, a, b } = bench;
      const waiting = await bench.propose();
      assert.equal(waiting.approvals[b.did]?.state, 'Waiting');
      const grant = await net.grant(
        b,
        net.grantOf(b, a, { algorithms: [{ name: 'spu-psi', versions: ['*'] }], operators: ['Intersection'] }),
      );
      const covered = await bench.flow(waiting);
      assert.deepEqual(covered.approvals[b.did], {
        state: 'Approved',
        via: 'Grant',
        grants: { 'match/right': grant.id },
        missing: [],
      });
      const next = await bench.propose();
      assert.equal(next.approvals[b.did]?.state, 'Approved');
      const uses = await net.query<Page<GrantUse>>('grants.uses', { id: grant.id });
      const mine = uses.items.filter((use) => [waiting.flowId, next.flowId].includes(use.flow));
      assert.deepEqual(
        mine.map((use) => use.state),
        ['Bound', 'Bound'],
      );
      await net.revoke(b, grant);
      assert.equal((await bench.flow(next)).approvals[b.did]?.state, 'Waiting');
      assert.equal((await bench.flow(next)).state, 'AwaitingApproval');
    });

    test('a grant for one flow covers that flow, also when given ahead, and no other', async () => {
      const { net, a, b } = bench;
      const [mine, other] = [bench.proposal(), bench.proposal()];
      await net.grant(b, net.grantOf(b, a, { form: { type: 'SingleTask', flow: mine.flowId } }));
      assert.equal((await bench.propose(other)).approvals[b.did]?.state, 'Waiting');
      const flow = await bench.propose(mine);
      assert.deepEqual([flow.approvals[b.did]?.state, flow.approvals[b.did]?.via], ['Approved', 'Person']);
    });

    test('a revoked id is used up, for the owner too', async () => {
      const { net, a, b } = bench;
      const grant = await net.grant(b, net.grantOf(b, a, { purpose: 'once' }));
      const again = { id: grant.id, digest: digest(grant) };
      await refused(net.consent(b.manager, 'Grant', again, { body: grant }), 'ALREADY_EXISTS', 'id');
      await net.revoke(b, grant, b);
      await refused(net.consent(b.manager, 'Grant', again, { body: grant }), 'GRANT_REVOKED', 'id');
      assert.equal((await net.query<GrantView>('grants.get', { id: grant.id })).state, 'Revoked');
      await net.revoke(b, grant);
      assert.equal(
        (await net.query<GrantView>('grants.get', { id: grant.id })).revokedBy,
        b.did,
        'the first revocation stays',
      );
    });

    test('a grant for named operators does not cover a step with another', async () => {
      const { net, a, b } = bench;
      const grant = await net.grant(b, net.grantOf(b, a, { operators: ['Difference'] }));
      const flow = await bench.propose();
      assert.deepEqual(
        flow.approvals[b.did]?.missing.map((each) => each.code),
        ['GRANT_OPERATOR'],
      );
      await net.revoke(b, grant);
      assert.equal((await bench.approve(flow, b)).approvals[b.did]?.state, 'Approved', 'a person may agree to it');
    });

    test('nobody can take the ids that an approval is going to need', async () => {
      const { net, a, b } = bench;
      const flow = await bench.propose();
      const squatting = net.grantOf(a, b, { id: `flow-${flow.flowId}-1` });
      await refused(
        net.consent(a.manager, 'Grant', { id: squatting.id, digest: digest(squatting) }, { body: squatting }),
        'INVALID_ARGUMENT',
        'body.id',
      );
      assert.equal((await bench.approve(flow, b)).approvals[b.did]?.state, 'Approved');
    });

    test('what was signed is what is granted', async () => {
      const { net, a, b } = bench;
      const grant = net.grantOf(b, a);
      const wrong = { id: grant.id, digest: digest({ ...grant, purpose: 'other' }) };
      await refused(net.consent(b.manager, 'Grant', wrong, { body: grant }), 'CONFLICT', 'subject.digest');
      await refused(
        net.consent(b.manager, 'Grant', { id: 'grant-other', digest: digest(grant as never) }, { body: grant }),
        'INVALID_ARGUMENT',
        'subject.id',
      );
      const extra = { ...grant, note: 'x' };
      await refused(
        net.consent(b.manager, 'Grant', { id: grant.id, digest: digest(extra as never) }, { body: extra }),
        'INVALID_ARGUMENT',
      );
      const toNobody = { ...grant, grantee: other };
      await refused(
        net.consent(b.manager, 'Grant', { id: grant.id, digest: digest(toNobody as never) }, { body: toNobody }),
        'FORBIDDEN',
      );
    });
  });

  describe('use counts', () => {
    const withCount = async (count: number): Promise<[Bench, GrantContent]> => {
      const bench = await Bench.make(makeDriver);
      await bench.net.grant(bench.a, bench.net.grantOf(bench.a, bench.a));
      const grant = await bench.net.grant(
        bench.b,
        bench.net.grantOf(bench.b, bench.a, { form: { type: 'Count', count } }),
      );
      return [bench, grant];
    };

    for (const order of [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'a', 'b'],
      ['b', 'a', 'b', 'a'],
    ] as const) {
      test(`one opening takes one use, confirmed in the order ${order.join(', ')}`, async () => {
        const [bench, grant] = await withCount(2);
        const flow = await bench.propose();
        assert.equal(await bench.used(grant.id), 0);
        for (const who of order) await bench.confirm(flow, bench[who]);
        assert.equal(await bench.used(grant.id), 1);
        assert.equal((await bench.flow(flow)).state, 'Pending');
        await bench.net.close();
      });
    }

    test('two flows that rely on the last use: the second waits for its consent again', async () => {
      const [bench, grant] = await withCount(1);
      const [first, second] = [await bench.propose(), await bench.propose()];
      assert.equal(second.approvals[bench.b.did]?.state, 'Approved');
      await bench.confirm(first, bench.a);
      await bench.confirm(second, bench.b);
      await bench.confirm(first, bench.b);
      const lapsed = await bench.confirm(second, bench.a);
      assert.equal(lapsed.state, 'AwaitingApproval');
      assert.deepEqual(
        lapsed.approvals[bench.b.did]?.missing.map((each) => each.code),
        ['GRANT_EXHAUSTED'],
      );
      await refused(bench.confirm(second, bench.a), 'APPROVAL_MISSING');
      assert.equal(await bench.used(grant.id), 1);
      await bench.approve(second, bench.b);
      assert.equal((await bench.confirm(second, bench.a)).state, 'Pending');
      assert.equal(await bench.used(grant.id), 1, 'the consent of the person took its place');
      await bench.net.close();
    });

    test('a grant for several steps of a flow is used once', async () => {
      const [bench, grant] = await withCount(1);
      const flow = await bench.propose(bench.proposal(undefined, 3));
      assert.equal((await bench.open(flow)).state, 'Pending');
      assert.equal(await bench.used(grant.id), 1);
      await bench.run(flow);
      assert.equal((await bench.flow(flow)).state, 'Running');
      await bench.net.close();
    });

    test('before the first byte a use is given back, after it it is spent', async () => {
      const [bench, grant] = await withCount(1);
      const first = await bench.propose();
      await bench.open(first);
      await bench.run(first);
      assert.equal((await bench.fail(first, bench.a, 1, false)).state, 'Failed');
      assert.equal(await bench.used(grant.id), 0);
      const second = await bench.propose();
      await bench.open(second);
      await bench.run(second);
      await bench.touch(second, bench.b);
      await bench.touch(second, bench.a);
      assert.equal((await bench.fail(second, bench.a, 1, false)).state, 'Failed');
      assert.equal(await bench.used(grant.id), 1);
      const uses = await bench.net.query<Page<GrantUse>>('grants.uses', { id: grant.id });
      assert.deepEqual(uses.items.map((use) => use.state).sort(), ['Returned', 'Spent']);
      assert.equal((await bench.propose()).approvals[bench.b.did]?.missing[0]?.code, 'GRANT_EXHAUSTED');
      await bench.net.close();
    });

    test('a peer that reports a failure first does not get the data for nothing', async () => {
      const [bench, grant] = await withCount(1);
      const reserved = await bench.propose();
      await bench.open(reserved);
      await bench.fail(reserved, bench.a, 1, false);
      await refused(bench.touch(reserved, bench.b), 'ILLEGAL_TRANSITION');
      const flow = await bench.propose();
      await bench.open(flow);
      await bench.run(flow);
      assert.equal((await bench.fail(flow, bench.a, 1, false)).state, 'Failed');
      assert.equal(await bench.used(grant.id), 0);
      assert.equal((await bench.touch(flow, bench.b)).touched, true);
      assert.equal(await bench.used(grant.id), 1);
      await bench.touch(flow, bench.b);
      assert.equal(await bench.used(grant.id), 1);
      assert.equal((await bench.propose()).approvals[bench.b.did]?.missing[0]?.code, 'GRANT_EXHAUSTED');
      await bench.net.close();
    });

    test('who cancels after the first byte and proposes again with other input gets no second answer for one use', async () => {
      const [bench, grant] = await withCount(1);
      const { net, a, b } = bench;
      const codes = (flow: FlowRecord): string[] => (flow.approvals[b.did]?.missing ?? []).map(({ code }) => code);
      const first = await bench.propose();
      await bench.open(first);
      await bench.run(first);
      await net.send(a, 'flows.cancel', { flowId: first.flowId, reason: 'another input' });
      // Faster than the owner of the other input could say that data had gone out.
      const second = await bench.propose();
      await bench.open(second);
      await bench.reserve(second, a);
      await bench.reserve(second, b);
      assert.equal(await bench.used(grant.id), 1);
      await bench.touch(first, b);
      assert.equal(await bench.used(grant.id), 2, 'the first flow has the use, so the second one has none');
      assert.deepEqual(codes(await bench.propose()), ['GRANT_EXHAUSTED']);
      const started = await bench.start(second);
      assert.deepEqual([started.state, started.reason], ['Failed', 'GRANT_EXHAUSTED']);
      assert.equal(await bench.used(grant.id), 1);
      await net.close();
    });

    test('a use that turns out to be gone ends the lease of a flow that runs on it', async () => {
      const [bench] = await withCount(1);
      const { net, a, b } = bench;
      const first = await bench.propose();
      await bench.open(first);
      await bench.run(first);
      await bench.fail(first, a, 1, false);
      const second = await bench.propose();
      await bench.open(second);
      await bench.run(second);
      const lease = (): Promise<Lease> => net.query<Lease>('flows.lease', { flowId: second.flowId, step: 'match', attempt: 1 });
      assert.equal((await lease()).valid, true);
      await bench.touch(first, b);
      assert.deepEqual([(await lease()).valid, (await lease()).reason], [false, 'GRANT_EXHAUSTED']);
      await net.close();
    });

    test('a use spent in the first attempt covers the second one, and stays spent when that is not touched', async () => {
      const [bench, grant] = await withCount(1);
      const flow = await bench.propose();
      await bench.open(flow);
      await bench.run(flow);
      await bench.touch(flow);
      assert.equal((await bench.fail(flow)).state, 'Pending');
      assert.equal((await bench.run(flow, 2)).state, 'Running');
      assert.equal((await bench.fail(flow, bench.b, 2)).state, 'Failed');
      assert.equal(await bench.used(grant.id), 1);
      await bench.net.close();
    });

    test('a cancelled flow gives its use back', async () => {
      const [bench, grant] = await withCount(1);
      const flow = await bench.propose();
      await bench.open(flow);
      await bench.net.send(bench.b, 'flows.cancel', { flowId: flow.flowId, reason: 'withdrawn' });
      assert.equal(await bench.used(grant.id), 0);
      await bench.net.close();
    });
  });

  describe('periods and revocation while a flow is open', () => {
    const withPeriod = async (minutes: number): Promise<[Bench, GrantContent]> => {
      const bench = await Bench.make(makeDriver);
      const now = bench.net.driver.now();
      await bench.net.grant(bench.a, bench.net.grantOf(bench.a, bench.a));
      const form = { type: 'Period' as const, notBefore: now + MINUTE, notAfter: now + minutes * MINUTE };
      return [bench, await bench.net.grant(bench.b, bench.net.grantOf(bench.b, bench.a, { form }))];
    };
    const codeOf = async (bench: Bench): Promise<string | undefined> =>
      (await bench.propose()).approvals[bench.b.did]?.missing[0]?.code;

    test('hold from the first instant until just before the last, by the time of the block', async () => {
      const [bench, grant] = await withPeriod(3);
      const { driver } = bench.net;
      const view = async (): Promise<string> =>
        (await bench.net.query<GrantView>('grants.get', { id: grant.id })).state;
      await driver.advanceTime(MINUTE - 1);
      assert.equal(await codeOf(bench), 'GRANT_NOT_YET_VALID');
      await driver.advanceTime(1);
      assert.equal(await codeOf(bench), undefined);
      assert.equal(await view(), 'Active');
      await driver.advanceTime(2 * MINUTE - 1);
      assert.equal(await codeOf(bench), undefined);
      await driver.advanceTime(1);
      assert.equal(await codeOf(bench), 'GRANT_EXPIRED');
      assert.equal(await view(), 'Expired');
      await bench.net.close();
    });

    test('a grant that expires between opening and start fails the flow; a lease ends with it', async () => {
      const [bench] = await withPeriod(10);
      await bench.net.driver.advanceTime(MINUTE);
      const [first, second] = [await bench.propose(), await bench.propose()];
      for (const flow of [first, second]) {
        await bench.open(flow);
        await bench.reserve(flow, bench.a);
        await bench.reserve(flow, bench.b);
      }
      await bench.start(first);
      const lease = (): Promise<Lease> =>
        bench.net.query<Lease>('flows.lease', { flowId: first.flowId, step: 'match', attempt: 1 });
      assert.equal((await lease()).until, bench.net.driver.now() + MINUTE);
      await bench.net.driver.advanceTime(9 * MINUTE);
      assert.deepEqual([(await lease()).valid, (await lease()).reason], [false, 'GRANT_EXPIRED']);
      const result = await bench.start(second);
      assert.deepEqual([result.state, result.reason], ['Failed', 'GRANT_EXPIRED']);
      await bench.net.close();
    });

    test('revocation ends open flows at once, before and after the start', async () => {
      const [bench, grant] = await withPeriod(30);
      await bench.net.driver.advanceTime(MINUTE);
      const [open, running, done] = [await bench.propose(), await bench.propose(), await bench.propose()];
      for (const flow of [open, running, done]) await bench.open(flow);
      await bench.run(running);
      await bench.run(done);
      for (const party of [bench.a, bench.b]) await bench.submit(party, bench.receipt(done, party));
      await bench.net.revoke(bench.b, grant);
      for (const flow of [open, running]) {
        const ended = await bench.flow(flow);
        assert.deepEqual([ended.state, ended.reason], ['Cancelled', 'GRANT_REVOKED']);
        await refused(bench.submit(bench.a, bench.receipt(flow, bench.a)), 'ILLEGAL_TRANSITION');
      }
      assert.equal((await bench.flow(done)).state, 'Succeeded');
      assert.equal(await codeOf(bench), 'GRANT_REVOKED');
      await bench.net.close();
    });

    test('taking back the consent to one flow rejects it', async () => {
      const bench = await Bench.make(makeDriver);
      const flow = await bench.bring('Approved');
      const id = flow.approvals[bench.b.did]?.grants['match/right'] ?? '';
      const { digest: held } = await bench.net.query<GrantView>('grants.get', { id });
      await bench.net.consent(bench.b.manager, 'GrantRevocation', { id, digest: held });
      assert.deepEqual(
        [(await bench.flow(flow)).state, (await bench.flow(flow)).reason],
        ['ApprovalReject', 'GRANT_REVOKED'],
      );
      await bench.net.close();
    });
  });
}
