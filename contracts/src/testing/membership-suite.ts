import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { generateSm2KeyPair } from '@collabnet/sm';
import { DEFAULT_ADMISSION_LAPSE_MS, type CredentialRecord, type FlowRecord, type JoinRecord, type MemberRecord, type Page, joinProof } from '../index.ts';
import { makeInstitution } from './actors.ts';
import { Bench } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE, TestNetwork } from './network.ts';

/** Invitations, requests, votes, leaving. */
export function membershipSuite(makeDriver: MakeDriver): void {
  describe('membership', () => {
    test('one member decides alone, two must agree, of three two decide', async () => {
      const net = await TestNetwork.found(makeDriver);
      const a = net.founder;
      const ask = async (code: string): Promise<[ReturnType<typeof makeInstitution>, string]> => {
        const candidate = makeInstitution(net.id, code);
        return [candidate, await net.askToJoin(candidate, `invite-${code}`, await net.invite(`invite-${code}`))];
      };
      const [b, joinB] = await ask('bank-b');
      assert.equal((await net.voteOn<JoinRecord>(a.manager, joinB)).state, 'Active');
      await net.activate(b);
      const [c, joinC] = await ask('bank-c');
      assert.equal((await net.voteOn<JoinRecord>(a.officer, joinC)).state, 'Pending');
      // One institution has one vote, whoever of its persons casts it.
      assert.equal((await net.voteOn<JoinRecord>(a.manager, joinC)).state, 'Pending');
      await refused(net.voteOn(a.manager, joinC, 'Refuse'), 'CONFLICT');
      await refused(net.send(c, 'catalogue.publish', net.assetOf(c)), 'INVALID_SIGNATURE');
      assert.equal((await net.voteOn<JoinRecord>(b.manager, joinC)).state, 'Active');
      await net.activate(c);
      const [, joinD] = await ask('bank-d');
      assert.equal((await net.voteOn<JoinRecord>(c.manager, joinD)).state, 'Pending');
      assert.equal((await net.voteOn<JoinRecord>(b.manager, joinD)).state, 'Active');
      await refused(net.voteOn(a.manager, joinD, 'Refuse'), 'ILLEGAL_TRANSITION');
      const { items } = await net.query<Page<MemberRecord>>('membership.members');
      assert.deepEqual(
        items.map((member) => [member.did.split(':').at(-1), member.state]),
        [
          ['bank-a', 'Active'],
          ['bank-b', 'Active'],
          ['bank-c', 'Active'],
          ['bank-d', 'Admitted'],
        ],
      );
      await net.close();
    });

    test('who was voted in counts from its own first word on, and has no rights before', async () => {
      const net = await TestNetwork.found(makeDriver);
      const a = net.founder;
      const b = makeInstitution(net.id, 'bank-b');
      const askAndVote = async (institution: typeof b): Promise<JoinRecord> => {
        const invitation = `invite-${institution.code}`;
        return net.voteOn(a.manager, await net.askToJoin(institution, invitation, await net.invite(invitation)));
      };
      await refused(net.activate(b), 'INVALID_SIGNATURE');
      await askAndVote(b);
      const record = (): Promise<MemberRecord> => net.query('membership.member', { did: b.did });
      const { state, admittedAt = 0 } = await record();
      assert.equal(state, 'Admitted');
      assert.ok(Math.abs(admittedAt - net.driver.now()) < MINUTE, String(admittedAt));
      await refused(net.query('membership.member', { did: `${b.did}x` }), 'NOT_FOUND', 'did');
      await refused(net.publish(b), 'FORBIDDEN');
      await refused(net.consent(b.manager, 'Membership', { id: 'x', digest: 'ab'.repeat(32) }), 'FORBIDDEN');
      await refused(net.send(b.manager, 'membership.activate', {}), 'FORBIDDEN');
      await refused(net.send(b, 'membership.leave', {}), 'FORBIDDEN');
      await refused(net.send(a, 'membership.leave', {}), 'ILLEGAL_TRANSITION');
      // The one that is there decides alone.
      assert.equal((await askAndVote(makeInstitution(net.id, 'bank-c'))).state, 'Active');
      const joined = await net.activate<MemberRecord>(b);
      assert.equal(joined.state, 'Active');
      assert.deepEqual(await net.activate(b), joined, 'said again, it changes nothing');
      await net.publish(b);
      assert.equal((await askAndVote(makeInstitution(net.id, 'bank-d'))).state, 'Pending', 'now two must agree');
      await net.send(b, 'membership.leave', {});
      await refused(net.activate(b), 'INVALID_SIGNATURE');
      await net.close();
    });

    test('an admission lapses when its time is over, and no membership that was taken up', async () => {
      for (const [rules, lapseMs] of [[{ admissionLapseMs: 5 * MINUTE }, 5 * MINUTE], [{}, DEFAULT_ADMISSION_LAPSE_MS]] as const) {
        const net = await TestNetwork.found(makeDriver, rules);
        const a = net.founder;
        const b = await net.admit('bank-b', [a]);
        const c = makeInstitution(net.id, 'bank-c');
        const join = await net.askToJoin(c, 'invite-c', await net.invite('invite-c'));
        for (const voter of [a, b]) await net.voteOn(voter.manager, join);
        const lapse = (did: string, by = b): Promise<MemberRecord> => net.send(by, 'membership.lapse', { did });
        await refused(lapse(c.did), 'ILLEGAL_TRANSITION', 'did');
        await net.driver.advanceTime(lapseMs - MINUTE);
        await refused(lapse(c.did), 'ILLEGAL_TRANSITION', 'did');
        await refused(lapse(`${c.did}x`), 'NOT_FOUND', 'did');
        await net.driver.advanceTime(2 * MINUTE);
        await refused(net.send(b.manager, 'membership.lapse', { did: c.did }), 'FORBIDDEN');
        await refused(lapse(c.did, c), 'FORBIDDEN');
        for (const did of [a.did, b.did]) await refused(lapse(did, a), 'ILLEGAL_TRANSITION', 'did');
        const lapsed = await lapse(c.did);
        assert.equal(lapsed.state, 'Lapsed');
        assert.deepEqual(await lapse(c.did, a), lapsed, 'whoever says it second changes nothing');
        await refused(net.activate(c), 'INVALID_SIGNATURE');
        const forC = net.seal('membership', 'issueCredential', { creds: 'x' }, [c]);
        await refused(net.send(a, 'membership.issueCredential', { did: c.did }, forC), 'ILLEGAL_TRANSITION', 'did');
        await refused(net.askToJoin(c, 'invite-again', await net.invite('invite-again')), 'INVALID_SIGNATURE');
        await net.close();
      }
    });

    test('who comes late is let in while nobody has said that its admission lapsed', async () => {
      const net = await TestNetwork.found(makeDriver, { admissionLapseMs: MINUTE });
      const b = makeInstitution(net.id, 'bank-b');
      await net.voteOn(net.founder.manager, await net.askToJoin(b, 'invite-b', await net.invite('invite-b')));
      await net.driver.advanceTime(2 * MINUTE);
      assert.equal((await net.activate<MemberRecord>(b)).state, 'Active');
      await refused(net.send(net.founder, 'membership.lapse', { did: b.did }), 'ILLEGAL_TRANSITION', 'did');
      await net.close();
    });

    test('a request that can no longer be accepted is refused for good', async () => {
      const net = await TestNetwork.found(makeDriver);
      const b = await net.admit('bank-b', [net.founder]);
      const c = makeInstitution(net.id, 'bank-c');
      const join = await net.askToJoin(c, 'invite-c', await net.invite('invite-c'));
      assert.equal((await net.voteOn<JoinRecord>(b.manager, join, 'Refuse')).state, 'Refused');
      await refused(net.voteOn(net.founder.manager, join), 'ILLEGAL_TRANSITION');
      await refused(net.query('identity.resolve', { did: c.did }), 'NOT_FOUND');
      await net.close();
    });

    test('an invitation serves one request, in time, with its own key', async () => {
      const net = await TestNetwork.found(makeDriver);
      const pair = await net.invite('invite-one');
      const b = makeInstitution(net.id, 'bank-b');
      await refused(net.askToJoin(b, 'invite-one', generateSm2KeyPair()), 'PROOF_INVALID', 'proof');
      await refused(net.askToJoin(b, 'invite-none', pair), 'NOT_FOUND', 'invitationId');
      const join = await net.askToJoin(b, 'invite-one', pair);
      assert.equal(await net.askToJoin(b, 'invite-one', pair), join, 'the same request again is adopted');
      await refused(net.askToJoin(makeInstitution(net.id, 'bank-c'), 'invite-one', pair), 'INVITATION_USED');
      const late = await net.invite('invite-late', net.driver.now() + MINUTE);
      await net.driver.advanceTime(MINUTE);
      await refused(net.askToJoin(makeInstitution(net.id, 'bank-c'), 'invite-late', late), 'EXPIRED', 'invitationId');
      await refused(net.invite('invite-past', net.driver.now()), 'INVALID_ARGUMENT', 'expires');
      await refused(net.invite('invite-one'), 'ALREADY_EXISTS', 'invitationId');
      await net.close();
    });

    test('a candidate signs with the key it asks to register, for its own DID', async () => {
      const net = await TestNetwork.found(makeDriver);
      const pair = await net.invite('invite-one');
      const b = makeInstitution(net.id, 'bank-b');
      const request = net.requestOf(b);
      const proof = joinProof(pair.privateKey, net.id, 'invite-one', request);
      const args = { invitationId: 'invite-one', request, proof };
      await refused(net.send(net.founder, 'membership.join', args), 'FORBIDDEN', 'request.did');
      await refused(net.send({ ...b, keys: generateSm2KeyPair() }, 'membership.join', args), 'INVALID_SIGNATURE');
      const twin = makeInstitution(net.id, 'bank-a');
      await refused(net.askToJoin(twin, 'invite-one', pair), 'INVALID_SIGNATURE');
      await net.close();
    });

    test('a person outside its institution is not admitted', async () => {
      const net = await TestNetwork.found(makeDriver);
      const pair = await net.invite('invite-one');
      const b = makeInstitution(net.id, 'bank-b');
      const request = net.requestOf(b);
      request.persons[0]!.subjectCode = 'bank-a.intruder';
      const proof = joinProof(pair.privateKey, net.id, 'invite-one', request);
      await refused(
        net.send(b, 'membership.join', { invitationId: 'invite-one', request, proof }),
        'INVALID_ARGUMENT',
        'subjectCode',
      );
      await net.close();
    });

    test('a credential is sealed to its member', async () => {
      const net = await TestNetwork.found(makeDriver);
      const b = await net.admit('bank-b', [net.founder]);
      const forA = net.seal('membership', 'issueCredential', { creds: 'x' }, [net.founder]);
      await refused(net.send(net.founder, 'membership.issueCredential', { did: b.did }), 'INVALID_ARGUMENT', 'sealed');
      await refused(
        net.send(net.founder, 'membership.issueCredential', { did: b.did }, forA),
        'INVALID_ARGUMENT',
        'sealed.recipients',
      );
      const forB = net.seal('membership', 'issueCredential', { creds: 'x' }, [b]);
      await net.send(net.founder, 'membership.issueCredential', { did: b.did }, forB);
      const record = await net.query<CredentialRecord>('membership.credential', { did: b.did });
      assert.deepEqual([record.sealed, record.nonce], [forB.sealed, forB.nonce]);
      await net.close();
    });

    test('who left has no rights and no vote, and cannot leave with a flow begun or as the last', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const flow = await bench.bring('Pending');
      await refused(net.send(b, 'membership.leave', {}), 'ILLEGAL_TRANSITION');
      await net.send(a, 'flows.cancel', { flowId: flow.flowId, reason: '' });
      await net.send(b, 'membership.leave', {});
      await refused(net.send(b, 'catalogue.publish', net.assetOf(b, 'late')), 'INVALID_SIGNATURE');
      await refused(net.consent(b.manager, 'Membership', { id: 'x', digest: 'ab'.repeat(32) }), 'FORBIDDEN');
      await net.admit('bank-c', [a]);
      const last = await TestNetwork.found(makeDriver);
      await refused(last.send(last.founder, 'membership.leave', {}), 'ILLEGAL_TRANSITION');
      await last.close();
      await net.close();
    });

    test('nobody can hold a member back by proposing flows to it: they end with its leaving', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const proposed = await bench.propose();
      const refusedOne = await bench.bring('ApprovalReject');
      assert.equal((await net.send<MemberRecord>(b, 'membership.leave', {})).state, 'Left');
      const { state, reason } = await bench.flow(proposed);
      assert.deepEqual([state, reason], ['Cancelled', 'PARTY_LEFT']);
      assert.equal((await bench.flow(refusedOne)).state, 'ApprovalReject');
      assert.deepEqual((await net.query<Page<unknown>>('flows.list', { party: a.did, open: true })).items, []);
      await net.close();
    });

    test('who was only named as receiver was never asked and leaves, and an auditor is not missed', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const receiver = await net.admit('bank-c', [a, b]);
      const auditor = await net.admit('bank-d', [a, b, receiver]);
      const proposal = bench.proposal((each) => {
        each.auditors = [auditor.did];
        each.parties.push(receiver.did);
        for (const step of each.steps) step.receivers.push(receiver.did);
      });
      const sealed = net.seal('flows', 'propose', { spec: {}, salt: '' }, [a, b, receiver, auditor]);
      const flow = await net.send<FlowRecord>(a, 'flows.propose', proposal, sealed);
      await bench.approve(flow, a);
      await bench.approve(flow, b);
      await bench.open(flow);
      await net.send(auditor, 'membership.leave', {});
      assert.equal((await bench.flow(flow)).state, 'Pending');
      await refused(net.send(b, 'membership.leave', {}), 'ILLEGAL_TRANSITION');
      await net.send(receiver, 'membership.leave', {});
      const { state, reason } = await bench.flow(flow);
      assert.deepEqual([state, reason], ['Cancelled', 'PARTY_LEFT']);
      await net.close();
    });

    test('more proposals than one transaction may end are ended in several', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, b } = bench;
      for (let n = 0; n < 101; n += 1) await bench.propose();
      assert.equal((await net.send<MemberRecord>(b, 'membership.leave', {})).state, 'Active');
      assert.equal((await net.send<MemberRecord>(b, 'membership.leave', {})).state, 'Left');
      await net.close();
    });
  });
}
