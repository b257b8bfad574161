import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Delegation, delegationBytes, signDelegation } from '@collabnet/envelope';
import { type Sm2KeyPair, generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { omit } from '../core/omit.ts';
import { type FlowRecord, rotationProof } from '../index.ts';
import { podOf, type Actor } from './actors.ts';
import { Bench } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE } from './network.ts';

/** What a pod holds, in the hands of somebody who took it: the attempt's key and the delegation to it. */
interface Stolen {
  readonly bench: Bench;
  readonly flow: FlowRecord;
  readonly pair: Sm2KeyPair;
  readonly thief: Actor;
  readonly delegations: Delegation[];
  /** The one act that the key is for, which works until it must not. */
  readonly act: () => Promise<unknown>;
}

/** A running attempt of bank-a whose key was stolen; the delegation is as an operator makes it. */
async function steal(makeDriver: MakeDriver): Promise<Stolen> {
  const bench = await Bench.make(makeDriver);
  const { net, a } = bench;
  const flow = await bench.bring('Running');
  const pair = bench.courier(flow, a);
  const delegations = [await net.delegate(a, pair, ['flows.touch', 'receipts.submit'], { task: flow.flowId, attempt: '1' })];
  const thief = podOf(a, pair);
  const act = (): Promise<unknown> => net.send(thief, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 1 }, { delegations });
  return { bench, flow, pair, thief, delegations, act };
}

/** Whoever steals a delegated key can do what it was made for, where and while it was made for it, and nothing else. */
export function delegatedKeySuite(makeDriver: MakeDriver): void {
  describe('a stolen key of an attempt', () => {
    test('acts for no other task and no other attempt', async () => {
      const { bench, flow, pair, thief, delegations, act } = await steal(makeDriver);
      const { net } = bench;
      const other = await bench.bring('Running');
      await refused(net.send(thief, 'flows.touch', { flowId: other.flowId, step: 'match', attempt: 1 }, { delegations }), 'FORBIDDEN');
      await refused(net.send(thief, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 2 }, { delegations }), 'FORBIDDEN');
      await refused(net.send(thief, 'flows.touch', { flowId: flow.flowId, task: other.flowId, step: 'match', attempt: 1 }, { delegations }), 'INVALID_ARGUMENT');
      // Widened by hand it is no longer what the institution signed.
      for (const change of [{ task: other.flowId }, { attempt: '2' }, { actions: ['flows.cancel'] }, { expires: net.driver.now() + 600 * MINUTE }]) {
        const widened = [{ ...delegations[0]!, ...change }];
        const target = 'task' in change ? other.flowId : flow.flowId;
        const attempt = 'attempt' in change ? 2 : 1;
        await refused(net.send(thief, 'flows.touch', { flowId: target, step: 'match', attempt }, { delegations: widened }), 'FORBIDDEN');
      }
      assert.equal(pair.publicKey, delegations[0]?.delegate.publicKey);
      await act();
      await net.close();
    });

    test('does nothing that its delegation does not name', async () => {
      const { bench, flow, thief, delegations, act } = await steal(makeDriver);
      const { net, a } = bench;
      const attempt = { flowId: flow.flowId, step: 'match', attempt: 1 };
      const tried: [string, object][] = [
        ['flows.reserve', await bench.reservation(flow, a)],
        ['flows.start', attempt],
        ['flows.fail', { ...attempt, reason: 'X', message: '', retryable: false }],
        ['flows.cancel', { flowId: flow.flowId, reason: '' }],
        ['flows.expire', { flowId: flow.flowId }],
        ['flows.confirm', { flowId: flow.flowId }],
        ['flows.propose', bench.proposal()],
        ['catalogue.publish', net.assetOf(a, 'stolen')],
        ['catalogue.withdraw', { assetId: 'bank-a/customers' }],
        ['algorithms.register', net.algorithmOf('9.9.9')],
        ['algorithms.revoke', { name: 'spu-psi', version: '1.0.0', reason: '' }],
        ['membership.invite', {}],
        ['membership.leave', {}],
        ['identity.rotateKey', { newSignKey: generateSm2KeyPair().publicKey }],
        ['identity.deactivatePerson', { did: a.manager.did, reason: '' }],
        ['identity.registerRecovery', { threshold: 1, keys: [generateSm2KeyPair().publicKey] }],
      ];
      for (const [name, args] of tried) await refused(net.send(thief, name, args, { delegations }), 'FORBIDDEN');
      await act();
      await net.close();
    });

    test('never consents, whatever its delegation says', async () => {
      const { bench, flow, pair, thief } = await steal(makeDriver);
      const { net, a } = bench;
      const waiting = await bench.propose();
      const consents: [string, string, string, 'Approve' | 'Refuse'][] = [
        ['flows.approve', 'Flow', waiting.flowId, 'Approve'],
        ['flows.refuse', 'Flow', waiting.flowId, 'Refuse'],
        ['grants.create', 'Grant', 'grant-stolen', 'Approve'],
        ['membership.vote', 'Membership', 'ab'.repeat(32), 'Approve'],
        ['algorithms.vote', 'Algorithm', 'spu-psi/1.0.0', 'Approve'],
        ['identity.voteRecovery', 'RecoveryVote', 'ab'.repeat(32), 'Approve'],
      ];
      for (const [name, kind, id, decision] of consents) {
        const args = { subject: { kind, id, digest: flow.specDigest }, decision, reason: '' };
        // Also where the institution itself was careless enough to delegate it.
        const careless = { ...omit(await net.delegate(a, pair, ['flows.touch']), 'signature'), actions: [name] };
        const delegations = [{ ...careless, signature: sm2Sign(delegationBytes(careless), a.keys.privateKey) }];
        await refused(net.send(thief, name, args, { delegations }), 'CONSENT_REQUIRED');
        await refused(net.send({ ...a.manager, keys: pair }, name, args), 'INVALID_SIGNATURE');
      }
      await net.close();
    });

    test('cannot be passed on to do more', async () => {
      const { bench, flow, pair, delegations } = await steal(makeDriver);
      const { net, a } = bench;
      const next = generateSm2KeyPair();
      const link = (change: Partial<Delegation>): Promise<Delegation> =>
        signDelegation(
          {
            ...omit(delegations[0]!, 'signature'),
            id: 'passed-on',
            delegator: { id: delegations[0]!.delegate.id, keyId: `${delegations[0]!.delegate.id}#attempt` },
            delegate: { type: 'workload', id: `${a.did}.other`, publicKey: next.publicKey },
            ...change,
          },
          (message) => sm2Sign(message, pair.privateKey),
        );
      const other: Actor = { type: 'workload', did: `${a.did}.other`, keyId: `${a.did}.other#attempt`, keys: next };
      const send = async (change: Partial<Delegation>, name: string, args: object): Promise<unknown> =>
        net.send(other, name, args, { delegations: [...delegations, await link(change)] });
      const foreign = await bench.bring('Running');
      await refused(send({ actions: ['flows.cancel'] }, 'flows.cancel', { flowId: flow.flowId, reason: '' }), 'FORBIDDEN');
      await refused(send({ task: foreign.flowId }, 'flows.touch', { flowId: foreign.flowId, step: 'match', attempt: 1 }), 'FORBIDDEN');
      await refused(send({ attempt: '2' }, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 2 }), 'FORBIDDEN');
      await net.driver.advanceTime(61 * MINUTE);
      await refused(
        send({ expires: net.driver.now() + 60 * MINUTE }, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 1 }),
        'FORBIDDEN',
      );
      await net.close();
    });

    test('is worth nothing once it expired or the flow has ended', async () => {
      const expired = await steal(makeDriver);
      await expired.bench.net.driver.advanceTime(61 * MINUTE);
      await refused(expired.act(), 'FORBIDDEN');
      await expired.bench.net.close();

      const { bench, flow, thief, delegations, act } = await steal(makeDriver);
      const { net, a } = bench;
      const receipt = bench.receipt(flow, a);
      await net.send(a, 'flows.cancel', { flowId: flow.flowId, reason: 'stolen' });
      await refused(net.send(thief, 'receipts.submit', receipt, { delegations }), 'ILLEGAL_TRANSITION');
      // What it may still say after the end is what an owner may: that its own use was spent.
      const before = await net.query('flows.get', { flowId: flow.flowId });
      await act();
      assert.deepEqual(await net.query('flows.get', { flowId: flow.flowId }), before);
      await net.close();
    });

    test('ends with the key that gave it: a rotation of the institution takes it away, and the attempt goes on', async () => {
      const { bench, flow, thief, delegations, act } = await steal(makeDriver);
      const { net, a, b } = bench;
      const fresh = generateSm2KeyPair();
      await net.send(a, 'identity.rotateKey', { newSignKey: fresh.publicKey, proof: rotationProof(fresh.privateKey, net.id, a.did, fresh.publicKey) });
      await refused(act(), 'FORBIDDEN');
      await refused(net.send(thief, 'receipts.submit', bench.receipt(flow, a), { delegations }), 'FORBIDDEN');
      const rotated = { ...a, keys: fresh, keyId: `${a.did}#key-2` };
      await net.send(rotated, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 1 });
      await net.send(rotated, 'receipts.submit', bench.receipt(flow, a));
      await bench.submit(b, bench.receipt(flow, b));
      assert.equal((await bench.flow(flow)).state, 'Succeeded');
      await net.close();
    });

    test('of before a rotation does not reserve after it: the attempt needs a delegation of the new key', async () => {
      const bench = await Bench.make(makeDriver);
      const { net, a } = bench;
      const flow = await bench.bring('Pending');
      const old = await bench.reservation(flow, a);
      const fresh = generateSm2KeyPair();
      await net.send(a, 'identity.rotateKey', { newSignKey: fresh.publicKey, proof: rotationProof(fresh.privateKey, net.id, a.did, fresh.publicKey) });
      const rotated = { ...a, keys: fresh, keyId: `${a.did}#key-2` };
      await refused(net.send(rotated, 'flows.reserve', old), 'PROOF_INVALID', 'delegation');
      const delegation = await net.delegate(rotated, bench.courier(flow, a), ['flows.touch', 'receipts.submit'], { task: flow.flowId, attempt: '1' });
      await net.send(rotated, 'flows.reserve', { ...old, delegation });
      await net.close();
    });

    test('of another institution speaks for that one only', async () => {
      const { bench, flow, thief, delegations } = await steal(makeDriver);
      const { net, b } = bench;
      await refused(net.send(thief, 'receipts.submit', bench.receipt(flow, b), { delegations }), 'FORBIDDEN', 'party');
      const asB = [{ ...delegations[0]!, delegator: { id: b.did, keyId: b.keyId } }];
      await refused(net.send(thief, 'flows.touch', { flowId: flow.flowId, step: 'match', attempt: 1 }, { delegations: asB }), 'FORBIDDEN');
      await net.close();
    });
  });
}
