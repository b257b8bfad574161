import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newNonce } from '@collabnet/envelope';
import { changeId, type ChangeRecord, type ChangeStatement, type MemberRecord, type MembershipChange, type Page } from '../index.ts';
import type { Actor, TestInstitution } from './actors.ts';
import { Bench } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE, type TestNetwork } from './network.ts';

const DAY = 24 * 60 * MINUTE;

/** Two banks that compute together, and a third member that may vote on them. */
class Case {
  readonly bench: Bench;
  readonly net: TestNetwork;
  readonly a: TestInstitution;
  readonly b: TestInstitution;
  readonly c: TestInstitution;

  private constructor(bench: Bench, c: TestInstitution) {
    this.bench = bench;
    this.net = bench.net;
    [this.a, this.b, this.c] = [bench.a, bench.b, c];
  }

  static async make(makeDriver: MakeDriver): Promise<Case> {
    const bench = await Bench.make(makeDriver);
    return new Case(bench, await bench.net.admit('bank-c', [bench.a, bench.b]));
  }

  statement(change: MembershipChange, about: TestInstitution = this.b, other: Partial<ChangeStatement> = {}): ChangeStatement {
    return { schema: 'collabnet.dev/membership-change-statement/v1', network: this.net.id, did: about.did, change, nonce: newNonce(), expires: this.net.driver.now() + DAY, ...other };
  }

  vote(by: Actor, statement: ChangeStatement, decision: 'Approve' | 'Refuse' = 'Approve'): Promise<ChangeRecord> {
    const id = changeId(statement);
    return this.net.consent(by, 'MembershipChange', { id, digest: id }, { decision, body: { statement } });
  }

  /** Both others agree. */
  async carry(change: MembershipChange): Promise<ChangeStatement> {
    const statement = this.statement(change);
    await this.vote(this.a.officer, statement);
    assert.equal((await this.vote(this.c.officer, statement)).state, 'Carried');
    return statement;
  }

  async state(of: TestInstitution = this.b): Promise<string> {
    return (await this.net.query<MemberRecord>('membership.member', { did: of.did })).state;
  }
}

/** Members suspend, take back or expel one of them by vote (design.md §8.8). */
export function membershipChangeSuite(makeDriver: MakeDriver): void {
  describe('members decide about a member', () => {
    test('one is suspended when more than half agree: its flows end, it has no rights and no vote, and the others go on', async () => {
      const of = await Case.make(makeDriver);
      const { bench, net, a, b, c } = of;
      const flow = await bench.bring('Pending');
      const statement = of.statement('Suspend');
      assert.equal((await of.vote(a.officer, statement)).state, 'Voting');
      assert.equal(await of.state(), 'Active');
      assert.equal((await of.vote(c.officer, statement)).state, 'Carried');
      assert.equal(await of.state(), 'Suspended');
      const { state, reason } = await bench.flow(flow);
      assert.deepEqual([state, reason], ['Cancelled', 'PARTY_SUSPENDED']);
      await refused(net.send(b, 'catalogue.publish', net.assetOf(b, 'late')), 'FORBIDDEN');
      await refused(of.vote(b.officer, of.statement('Suspend', c)), 'FORBIDDEN');
      await refused(bench.propose(), 'INVALID_ARGUMENT');
      await net.send(c, 'membership.leave', {});
      await net.close();
    });

    test('a suspended member comes back by vote, with its keys and assets', async () => {
      const of = await Case.make(makeDriver);
      const { bench, net, b } = of;
      await of.carry('Suspend');
      await of.carry('Reinstate');
      assert.equal(await of.state(), 'Active');
      await net.send(b, 'catalogue.publish', net.assetOf(b, 'again'));
      await bench.propose();
      await net.close();
    });

    test('an expelled member is gone for good, and its keys end', async () => {
      const of = await Case.make(makeDriver);
      const { bench, net, b } = of;
      const flow = await bench.bring('Pending');
      await of.carry('Expel');
      assert.equal(await of.state(), 'Expelled');
      const { state, reason } = await bench.flow(flow);
      assert.deepEqual([state, reason], ['Cancelled', 'PARTY_EXPELLED']);
      await refused(net.send(b, 'catalogue.publish', net.assetOf(b, 'late')), 'INVALID_SIGNATURE');
      await refused(of.vote(of.a.officer, of.statement('Reinstate')), 'ILLEGAL_TRANSITION', 'body.statement.did');
      await net.close();
    });

    test('it is refused when a majority is out of reach; the same can be asked again, and the one concerned has a vote', async () => {
      const of = await Case.make(makeDriver);
      const { net, a, b, c } = of;
      const statement = of.statement('Expel');
      await of.vote(a.officer, statement);
      await refused(of.vote(a.officer, statement, 'Refuse'), 'CONFLICT');
      await of.vote(b.officer, statement, 'Refuse');
      assert.equal((await of.vote(c.officer, statement, 'Refuse')).state, 'Refused');
      await refused(of.vote(a.officer, statement, 'Refuse'), 'ILLEGAL_TRANSITION', 'subject.id');
      assert.equal((await of.vote(a.officer, statement)).state, 'Refused', 'a vote that is repeated changes nothing');
      assert.equal(await of.state(), 'Active');
      await of.carry('Expel');
      const { items } = await net.query<Page<ChangeRecord>>('membership.changes', { did: b.did });
      assert.deepEqual(items.map(({ state }) => state).sort(), ['Carried', 'Refused']);
      assert.deepEqual((await net.query<Page<ChangeRecord>>('membership.changes', { state: 'Voting' })).items, []);
      await net.close();
    });

    test('of two members neither can be rid of the other', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const statement: ChangeStatement = { schema: 'collabnet.dev/membership-change-statement/v1', network: net.id, did: b.did, change: 'Suspend', nonce: newNonce(), expires: net.driver.now() + DAY };
      const id = changeId(statement);
      const record = await net.consent<ChangeRecord>(a.officer, 'MembershipChange', { id, digest: id }, { decision: 'Approve', body: { statement } });
      assert.equal(record.state, 'Voting');
      await net.close();
    });

    test('a vote names its statement, its network, a time that is near, and a member whom it can be about', async () => {
      const of = await Case.make(makeDriver);
      const { net, a, b, c } = of;
      const { officer } = a;
      const digest = 'ab'.repeat(32);
      await refused(net.consent(officer, 'MembershipChange', { id: digest, digest }, { body: { statement: of.statement('Suspend') } }), 'CONFLICT', 'subject.digest');
      await refused(of.vote(officer, of.statement('Suspend', b, { network: 'ab'.repeat(32) })), 'INVALID_ARGUMENT', 'body.statement.network');
      await refused(of.vote(officer, of.statement('Suspend', b, { expires: net.driver.now() + 31 * DAY })), 'INVALID_ARGUMENT', 'body.statement.expires');
      await refused(of.vote(officer, of.statement('Reinstate')), 'ILLEGAL_TRANSITION', 'body.statement.did');
      await refused(of.vote(c.officer, of.statement('Expel', a)), 'ILLEGAL_TRANSITION', 'body.statement.did');
      const [own, subject] = [of.statement('Suspend'), { kind: 'MembershipChange', id: '', digest: '' }];
      subject.id = subject.digest = changeId(own);
      await refused(net.send(a, 'membership.voteChange', { subject, decision: 'Approve', reason: '', body: { statement: own } }), 'CONSENT_REQUIRED');
      const late = of.statement('Suspend');
      await of.vote(officer, late);
      await net.driver.advanceTime(DAY);
      await refused(of.vote(c.officer, late), 'EXPIRED', 'body.statement.expires');
      await net.close();
    });
  });
}
