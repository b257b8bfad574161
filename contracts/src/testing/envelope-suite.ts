import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateSm2KeyPair } from '@collabnet/sm';
import { rotationProof } from '../index.ts';
import { podOf } from './actors.ts';
import { Bench, digest } from './bench.ts';
import { omit } from '../core/omit.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE } from './network.ts';

/** Signatures, replays, keys and rights: what is refused before any method runs. */
export function envelopeSuite(makeDriver: MakeDriver): void {
  describe('transactions', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    test('the same transaction twice is a replay', async () => {
      const { net, a } = bench;
      const tx = await net.sign(a, 'catalogue', 'publish', net.assetOf(a, 'replayed'));
      await net.driver.execute(tx);
      await refused(net.driver.execute(tx), 'REPLAYED');
      await refused(net.driver.execute(structuredClone(tx)), 'REPLAYED');
    });

    test('a transaction that was refused left nothing and may be sent again', async () => {
      const { net, a, b } = bench;
      const flow = await bench.propose();
      const tx = await net.sign(a, 'flows', 'confirm', { flowId: flow.flowId });
      await refused(net.driver.execute(tx), 'APPROVAL_MISSING');
      assert.deepEqual(await bench.flow(flow), flow);
      await bench.approve(flow, a);
      await bench.approve(flow, b);
      await net.driver.execute(tx);
    });

    test('another network, an expired, an altered and an unsigned transaction are refused', async () => {
      const { net, a } = bench;
      const args = net.assetOf(a, 'signed');
      await refused(net.send(a, 'catalogue.publish', args, { network: '0'.repeat(64) }), 'WRONG_NETWORK');
      await refused(net.send(a, 'catalogue.publish', args, { expires: net.driver.now() }), 'EXPIRED');
      await refused(net.send(a, 'catalogue.publish', args, { expires: net.driver.now() + 1e11 }), 'INVALID_ARGUMENT');
      const posing = { kind: 'Approval', expires: net.driver.now() + 2880 * MINUTE };
      await refused(net.send(a, 'catalogue.publish', args, posing), 'INVALID_ARGUMENT');
      const tx = await net.sign(a, 'catalogue', 'publish', args);
      const altered = structuredClone(tx);
      altered.payload.public['description'] = 'altered';
      await refused(net.driver.execute(altered), 'INVALID_SIGNATURE');
      await refused(net.driver.execute({ ...tx, signature: 'A'.repeat(86) }), 'INVALID_SIGNATURE');
      await refused(net.driver.execute({ payload: tx.payload } as typeof tx), 'INVALID_ARGUMENT');
      await refused(net.driver.execute({ ...tx, extra: 1 } as typeof tx), 'INVALID_ARGUMENT');
    });

    test('one cannot sign for another', async () => {
      const { net, a, b } = bench;
      const forged = { ...a, keys: b.keys };
      await refused(net.send(forged, 'catalogue.publish', net.assetOf(a, 'forged')), 'INVALID_SIGNATURE');
      const disguised = { principal: { type: 'person' as const, scheme: 'DID' as const, id: a.did } };
      await refused(net.send(a, 'catalogue.publish', net.assetOf(a, 'forged'), disguised), 'INVALID_SIGNATURE');
    });

    test('unknown methods, queries and members are refused', async () => {
      const { net, a } = bench;
      await refused(net.send(a, 'catalogue.steal', {}), 'UNKNOWN_METHOD');
      await refused(net.query('catalogue.steal'), 'UNKNOWN_METHOD');
      await refused(net.send(a, 'catalogue.publish', { ...net.assetOf(a), extra: 1 }), 'INVALID_ARGUMENT');
      await refused(net.send(a, 'catalogue.withdraw', { assetId: 'bank-a/customers', extra: 1 }), 'INVALID_ARGUMENT');
      await refused(net.query('catalogue.get', { assetId: 'bank-a/customers', extra: 1 }), 'INVALID_ARGUMENT');
      await refused(net.query('catalogue.get', { assetId: 'bank-a/nothing' }), 'NOT_FOUND', 'assetId');
    });

    test('an argument error names the path', async () => {
      const { net, a } = bench;
      const asset = net.assetOf(a, 'faulty');
      asset.columns[1]!.type = 'Text' as never;
      await refused(net.send(a, 'catalogue.publish', asset), 'INVALID_ARGUMENT', 'columns[1].type');
    });
  });

  describe('keys', () => {
    test('after a rotation the old key is refused and the new one accepted, from the next height on', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, b } = bench;
      const old = { ...b };
      const next = generateSm2KeyPair();
      const proof = rotationProof(next.privateKey, net.id, b.did, next.publicKey);
      await refused(net.send(b, 'identity.rotateKey', { newSignKey: next.publicKey }), 'PROOF_INVALID');
      await net.send(b, 'identity.rotateKey', { newSignKey: next.publicKey, proof });
      await refused(net.send(old, 'catalogue.publish', net.assetOf(b, 'late')), 'INVALID_SIGNATURE');
      const fresh = { ...b, keys: next, keyId: `${b.did}#key-2` };
      await net.send(fresh, 'catalogue.publish', net.assetOf(b, 'late'));
      await refused(
        net.send({ ...fresh, keyId: `${b.did}#key-1` }, 'catalogue.withdraw', { assetId: 'bank-b/late' }),
        'INVALID_SIGNATURE',
      );
      const record = await net.query<{
        keys: Record<string, { validFromHeight: number; validUntilHeight?: number }>;
        version: number;
      }>('identity.resolve', { did: b.did });
      assert.equal(record.version, 2);
      assert.equal(record.keys[`${b.did}#key-1`]?.validUntilHeight, record.keys[`${b.did}#key-2`]?.validFromHeight);
      await net.close();
    });

    test('a person replaces its own key by an approval, and nobody else does', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const flow = await bench.propose();
      const pair = generateSm2KeyPair();
      const { did } = b.manager;
      const body = { newSignKey: pair.publicKey, proof: rotationProof(pair.privateKey, net.id, did, pair.publicKey) };
      const subject = { id: did, digest: digest(body) };
      await refused(net.consent(b.officer, 'KeyRotation', subject, { body }), 'FORBIDDEN', 'subject.id');
      const unproven = { ...body, proof: rotationProof(b.manager.keys.privateKey, net.id, did, pair.publicKey) };
      await refused(net.consent(b.manager, 'KeyRotation', { id: did, digest: digest(unproven) }, { body: unproven }), 'PROOF_INVALID', 'proof');
      await refused(net.consent(b.manager, 'KeyRotation', { id: did, digest: 'ab'.repeat(32) }, { body }), 'CONFLICT');
      const ofBank = await net.sign(b, 'identity', 'rotateKey', { subject: { kind: 'KeyRotation', ...subject }, decision: 'Approve', reason: '', body });
      await refused(net.driver.execute(ofBank), 'FORBIDDEN', 'subject.id');
      await net.consent(b.manager, 'KeyRotation', subject, { body });
      await refused(bench.approve(flow, b), 'INVALID_SIGNATURE');
      const fresh = { ...b.manager, keys: pair, keyId: `${did}#key-2` };
      await net.consent(fresh, 'Flow', { id: flow.flowId, digest: flow.specDigest });
      await bench.approve(flow, a);
      await net.close();
    });

    test('a person comes by the consent of a colleague and goes by deactivation', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const pair = generateSm2KeyPair();
      const did = `${b.did}.deputy`;
      const body = {
        subjectCode: 'bank-b.deputy',
        displayName: 'deputy',
        signKey: pair.publicKey,
        roles: ['DataManager'],
      };
      const subject = { id: did, digest: digest(body) };
      await refused(net.consent(a.manager, 'Person', subject, { body }), 'INVALID_ARGUMENT');
      await refused(net.consent(b.manager, 'Person', { id: did, digest: 'ab'.repeat(32) }, { body }), 'CONFLICT');
      await net.consent(b.manager, 'Person', subject, { body });
      await refused(net.consent(b.manager, 'Person', subject, { body }), 'ALREADY_EXISTS');
      const deputy = { type: 'person' as const, did, keyId: `${did}#key-1`, keys: pair };
      const flow = await bench.propose();
      const decided = await net.consent<typeof flow>(deputy, 'Flow', { id: flow.flowId, digest: flow.specDigest });
      assert.equal(decided.approvals[b.did]?.person, did);
      await refused(net.send(a, 'identity.deactivatePerson', { did, reason: 'left' }), 'FORBIDDEN');
      await net.send(b, 'identity.deactivatePerson', { did, reason: 'left' });
      const other = await bench.propose();
      await refused(net.consent(deputy, 'Flow', { id: other.flowId, digest: other.specDigest }), 'INVALID_SIGNATURE');
      await net.close();
    });
  });

  describe('delegation', () => {
    test('an attempt key acts for named actions, its flow and its time only', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const flow = await bench.bring('Pending');
      const pair = bench.courier(flow, a);
      const delegation = await bench.delegation(flow, a);
      const pod = podOf(a, pair);
      const delegations = [delegation];
      await net.send(pod, 'flows.reserve', await bench.reservation(flow, a), { delegations });
      await refused(
        net.send(pod, 'flows.start', { flowId: flow.flowId, step: 'match', attempt: 1 }, { delegations }),
        'FORBIDDEN',
      );
      const other = await bench.bring('Pending');
      await refused(net.send(pod, 'flows.reserve', await bench.reservation(other, a), { delegations }), 'FORBIDDEN');
      await refused(
        net.send(pod, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 2 }, { delegations }),
        'FORBIDDEN',
      );
      await bench.reserve(flow, b);
      await bench.start(flow);
      await net.send(pod, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 1 }, { delegations });
      await net.driver.advanceTime(61 * MINUTE);
      await refused(
        net.send(pod, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 1 }, { delegations }),
        'FORBIDDEN',
      );
      await net.close();
    });

    test('a false delegation does not get into a reservation', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a, b } = bench;
      const flow = await bench.bring('Pending');
      const pair = bench.courier(flow, a);
      const scope = { task: flow.flowId, attempt: '1' };
      const ofB = await net.delegate(b, pair, ['flows.touch'], scope);
      const otherKey = await net.delegate(a, generateSm2KeyPair(), ['flows.touch'], scope);
      const altered = { ...(await net.delegate(a, pair, ['flows.touch'], scope)), expires: net.driver.now() + 1e7 };
      const unbound = await net.delegate(a, pair, ['flows.touch']);
      const otherAttempt = await net.delegate(a, pair, ['flows.touch'], { ...scope, attempt: '2' });
      const wider = await net.delegate(a, pair, ['flows.touch', 'catalogue.publish'], scope);
      for (const delegation of [ofB, otherKey, altered, unbound, otherAttempt, wider]) {
        await refused(
          net.send(a, 'flows.reserve', { ...(await bench.reservation(flow, a)), delegation }),
          'PROOF_INVALID',
          'delegation',
        );
      }
      const bare = omit(await bench.reservation(flow, a), 'delegation');
      await refused(net.send(a, 'flows.reserve', bare), 'INVALID_ARGUMENT', 'delegation');
      await net.close();
    });
  });
}
