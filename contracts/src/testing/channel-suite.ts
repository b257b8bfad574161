import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type ChannelUpdateRecord,
  type FabricOrganisation,
  type JoinRecord,
  type MemberRecord,
  type Page,
  CONTRACTS_VERSION,
  channelUpdateId,
  joinProof,
} from '../index.ts';
import { type TestInstitution, makeInstitution } from './actors.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE, STATED_CONTRACTS, TestNetwork } from './network.ts';

const PEM = `-----BEGIN CERTIFICATE-----\n${'MIIB'.repeat(16)}\nAAE=\n-----END CERTIFICATE-----\n`;
const MOST = { update: 65_536, signature: 8_192 };

/** An organisation as the rules see it: they do not read certificates. */
function organisationOf(mspId: string): FabricOrganisation {
  return {
    mspId,
    rootCertificates: [PEM],
    tlsRootCertificates: [PEM, PEM],
    peers: [{ host: `peer.${mspId}.example`, port: 7051 }],
  };
}

function octets(text: string | number): string {
  return (typeof text === 'number' ? Buffer.alloc(text, 1) : Buffer.from(text)).toString('base64');
}

/** Organisations of members, and agreement on updates of the Fabric channel. */
export function channelSuite(makeDriver: MakeDriver): void {
  describe('channel', () => {
    let net: TestNetwork;
    let a: TestInstitution;
    let b: TestInstitution;
    before(async () => {
      net = await TestNetwork.found(makeDriver);
      a = net.founder;
      b = await net.admit('bank-b', [a], organisationOf('bank-b'));
    });
    after(() => net.close());

    const sign = (by: TestInstitution, kind: string, did: string, update: string, signature = octets(by.code)) =>
      net.send<{ id: string }>(by, 'channel.sign', { change: { kind, did }, update: octets(update), signature });
    const recordOf = (id: string): Promise<ChannelUpdateRecord> => net.query('channel.update', { id });

    test('members vote on the organisation, and it becomes part of the record', async () => {
      const { items } = await net.query<Page<MemberRecord>>('membership.members');
      assert.deepEqual(
        items.map((member) => member.fabric),
        [undefined, organisationOf('bank-b')],
      );
      const [join] = (await net.query<Page<JoinRecord>>('membership.joins')).items;
      assert.deepEqual(join?.request.fabric, organisationOf('bank-b'));
    });

    test('an organisation that could not be one is refused by the name of its field', async () => {
      const pair = await net.invite('invite-wrong');
      const wrong = makeInstitution(net.id, 'bank-w');
      const good = organisationOf('bank-w');
      const cases: [Partial<FabricOrganisation>, string][] = [
        [{ mspId: 'bank-b' }, 'request.fabric.mspId'],
        [{ mspId: 'Bank W' }, 'request.fabric.mspId'],
        [{ rootCertificates: [] }, 'request.fabric.rootCertificates'],
        [{ rootCertificates: [PEM, PEM, PEM, PEM, PEM] }, 'request.fabric.rootCertificates'],
        [{ rootCertificates: [PEM + PEM] }, 'request.fabric.rootCertificates[0]'],
        [{ tlsRootCertificates: [PEM, 'none'] }, 'request.fabric.tlsRootCertificates[1]'],
        [{ tlsRootCertificates: [PEM.replace('AAE=\n', `${'A'.repeat(8192)}\n`)] }, 'request.fabric.tlsRootCertificates[0]'],
        [{ peers: [] }, 'request.fabric.peers'],
        [{ peers: [{ host: 'peer bank', port: 7051 }] }, 'request.fabric.peers[0].host'],
        [{ peers: [...good.peers, { host: 'peer', port: 0 }] }, 'request.fabric.peers[1].port'],
      ];
      for (const [fault, field] of cases) {
        await refused(net.askToJoin(wrong, 'invite-wrong', pair, { ...good, ...fault }), 'INVALID_ARGUMENT', field);
      }
      await net.askToJoin(wrong, 'invite-wrong', pair, good);
    });

    test('a network on Fabric takes nobody without an organisation', async () => {
      const onFabric = await TestNetwork.found(makeDriver, {}, 'fabric');
      const pair = await onFabric.invite('invite-d');
      const d = makeInstitution(onFabric.id, 'bank-d');
      await refused(onFabric.askToJoin(d, 'invite-d', pair), 'INVALID_ARGUMENT', 'request.fabric');
      await onFabric.askToJoin(d, 'invite-d', pair, organisationOf('bank-d'));
      await onFabric.close();
    });

    test('a candidate says which contracts its release has, of the version in force, and says so anew when they change', async () => {
      const onFabric = await TestNetwork.found(makeDriver, {}, 'fabric');
      const pair = await onFabric.invite('invite-e');
      const e = makeInstitution(onFabric.id, 'bank-e');
      const request = onFabric.requestOf(e, organisationOf('bank-e'));
      const proof = joinProof(pair.privateKey, onFabric.id, 'invite-e', request);
      const ask = (contracts?: string): Promise<JoinRecord> =>
        onFabric.send(e, 'membership.join', { invitationId: 'invite-e', request, proof, ...(contracts && { contracts }) });
      const build = (digit: string, version = CONTRACTS_VERSION): string => `${version}+sha256.${digit.repeat(64)}`;
      for (const wrong of [undefined, CONTRACTS_VERSION, build('A'), build('a', '0.9.0'), build('a', '99.0.0')]) {
        await refused(ask(wrong), 'INVALID_ARGUMENT', 'contracts');
      }
      const { id, digest } = await ask(build('a'));
      await refused(ask(build('a', '99.0.0')), 'INVALID_ARGUMENT', 'contracts');
      const again = await ask(build('b'));
      assert.deepEqual([again.id, again.digest, again.contracts, again.state], [id, digest, build('b'), 'Pending']);
      assert.equal((await ask()).contracts, build('b'), 'who says nothing takes nothing back');
      assert.equal((await onFabric.voteOn<JoinRecord>(onFabric.founder.manager, id)).state, 'Active');
      assert.equal((await ask(build('c'))).contracts, build('c'), 'the members may agree on others before its peer is in');
      const members = (await onFabric.query<Page<MemberRecord>>('membership.members')).items;
      assert.deepEqual(members.map(({ join }) => join), [undefined, id]);
      assert.equal((await onFabric.query<JoinRecord>('membership.joinRequest', { id })).contracts, build('c'));
      await onFabric.close();
    });

    test('a refused candidate has nothing more to say', async () => {
      const onFabric = await TestNetwork.found(makeDriver, {}, 'fabric');
      const [pair, f] = [await onFabric.invite('invite-f'), makeInstitution(onFabric.id, 'bank-f')];
      const join = await onFabric.askToJoin(f, 'invite-f', pair, organisationOf('bank-f'));
      await onFabric.voteOn(onFabric.founder.manager, join, 'Refuse');
      const other = STATED_CONTRACTS.replaceAll('ab', 'cd');
      await onFabric.askToJoin(f, 'invite-f', pair, organisationOf('bank-f'), other);
      const { contracts } = await onFabric.query<JoinRecord>('membership.joinRequest', { id: join });
      assert.equal(contracts, STATED_CONTRACTS);
      await onFabric.close();
    });

    test('who was voted in is added before it counts, and removed when its admission lapses', async () => {
      const quick = await TestNetwork.found(makeDriver, { admissionLapseMs: MINUTE });
      const g = makeInstitution(quick.id, 'bank-g');
      const join = await quick.askToJoin(g, 'invite-g', await quick.invite('invite-g'), organisationOf('bank-g'));
      await quick.voteOn(quick.founder.manager, join);
      const change = (kind: string): Promise<{ id: string }> =>
        quick.send(quick.founder, 'channel.sign', { change: { kind, did: g.did }, update: octets(kind), signature: octets('a') });
      await change('AddMember');
      await refused(change('RemoveMember'), 'ILLEGAL_TRANSITION', 'change.did');
      await quick.driver.advanceTime(2 * MINUTE);
      await quick.send(quick.founder, 'membership.lapse', { did: g.did });
      await change('RemoveMember');
      await quick.close();
    });

    test('each member adds its signature to the same update, once', async () => {
      const { id } = await sign(a, 'AddMember', b.did, 'add b', octets('of a'));
      assert.equal(id, channelUpdateId({ kind: 'AddMember', did: b.did }, octets('add b')));
      assert.deepEqual((await recordOf(id)).signatures, { [a.did]: octets('of a') });
      assert.deepEqual(await sign(a, 'AddMember', b.did, 'add b', octets('of a')), { id });
      await sign(b, 'AddMember', b.did, 'add b', octets('of b'));
      const record = await recordOf(id);
      assert.deepEqual(record.signatures, { [a.did]: octets('of a'), [b.did]: octets('of b') });
      assert.deepEqual([record.change, record.update], [{ kind: 'AddMember', did: b.did }, octets('add b')]);
      await refused(recordOf('0'.repeat(64)), 'NOT_FOUND', 'id');
    });

    test('a signature that is made anew takes the place of the one before', async () => {
      const { id } = await sign(a, 'AddMember', b.did, 'add b anew', octets('first'));
      assert.deepEqual(await sign(a, 'AddMember', b.did, 'add b anew', octets('second')), { id });
      assert.deepEqual((await recordOf(id)).signatures, { [a.did]: octets('second') });
    });

    test('whoever proposes the octets of an update as another change hinders nobody', async () => {
      const squatted = await sign(b, 'RemoveMember', b.did, 'the octets');
      const { id } = await sign(a, 'AddMember', b.did, 'the octets');
      assert.notEqual(id, squatted.id);
      assert.deepEqual((await recordOf(id)).change, { kind: 'AddMember', did: b.did });
    });

    test('only who is a member with an organisation is added', async () => {
      await refused(sign(b, 'AddMember', a.did, 'add a'), 'ILLEGAL_TRANSITION', 'change.did');
      const stranger = makeInstitution(net.id, 'stranger');
      await refused(sign(a, 'AddMember', stranger.did, 'add s'), 'NOT_FOUND', 'change.did');
      await refused(sign(stranger, 'AddMember', b.did, 'add b'), 'INVALID_SIGNATURE');
    });

    test('octets that are none, or too many, are refused by the name of their field', async () => {
      const change = { kind: 'AddMember', did: b.did };
      for (const field of ['update', 'signature'] as const) {
        for (const bad of ['', 'AAA', 'AA=A', 'AAB=', 'AA-_', octets(MOST[field] + 1), octets(MOST[field] + 4)]) {
          const args = { change, update: octets('other'), signature: octets('signature'), [field]: bad };
          await refused(net.send(a, 'channel.sign', args), 'INVALID_ARGUMENT', field);
        }
      }
      const { id } = await net.send<{ id: string }>(a, 'channel.sign', {
        change,
        update: octets(MOST.update),
        signature: octets(MOST.signature),
      });
      assert.equal((await recordOf(id)).update, octets(MOST.update));
      await refused(sign(a, 'AddMember', 'bank-b', 'other'), 'INVALID_ARGUMENT', 'change.did');
      await refused(sign(a, 'Rename', b.did, 'other'), 'INVALID_ARGUMENT', 'change.kind');
    });

    test('a member signs its own removal before it leaves, the others when it has left', async () => {
      const c = await net.admit('bank-c', [a, b], organisationOf('bank-c'));
      await refused(sign(a, 'RemoveMember', c.did, 'remove c'), 'ILLEGAL_TRANSITION', 'change.did');
      const { id } = await sign(c, 'RemoveMember', c.did, 'remove c');
      await refused(sign(a, 'RemoveMember', c.did, 'remove c'), 'ILLEGAL_TRANSITION', 'change.did');
      await net.send(c, 'membership.leave', {});
      await sign(a, 'RemoveMember', c.did, 'remove c');
      assert.deepEqual(Object.keys((await recordOf(id)).signatures), [a.did, c.did]);
      await refused(sign(c, 'RemoveMember', c.did, 'remove c again'), 'INVALID_SIGNATURE');
      await refused(sign(a, 'AddMember', c.did, 'add c'), 'ILLEGAL_TRANSITION', 'change.did');
    });

    test('updates are listed newest first, all or those about one member', async () => {
      const listed = async (args: object): Promise<ChannelUpdateRecord[]> => {
        const { items } = await net.query<Page<ChannelUpdateRecord>>('channel.updates', args);
        return items;
      };
      const { id } = await sign(a, 'AddMember', b.did, 'add b, after another update');
      const all = await listed({});
      assert.deepEqual(all.find((each) => each.id === id), await recordOf(id));
      const heights = all.map(({ proposedHeight }) => proposedHeight);
      assert.deepEqual(heights, heights.toSorted((one, other) => other - one));
      const aboutB = all.filter(({ change }) => change.did === b.did);
      assert.ok(aboutB.length > 2 && aboutB.length < all.length);
      assert.deepEqual(await listed({ did: b.did }), aboutB);
      const first = await net.query<Page<ChannelUpdateRecord>>('channel.updates', { did: b.did, limit: 1 });
      assert.deepEqual(first.items, aboutB.slice(0, 1));
      assert.deepEqual(await listed({ did: b.did, after: first.next }), aboutB.slice(1));
    });
  });
}
