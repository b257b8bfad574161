import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newNonce } from '@collabnet/envelope';
import type { RegisteredDid } from '@collabnet/did';
import { type Sm2KeyPair, generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import {
  type NetworkView,
  type Page,
  type RecoveryRequest,
  type RecoverySetRecord,
  type RecoveryStatement,
  recoveryId,
  recoverySetText,
  rotationProof,
  signRecovery,
} from '../index.ts';
import { type Actor, type TestInstitution, setNetwork } from './actors.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';
import { MINUTE, TestNetwork } from './network.ts';

const LOCK = 10 * MINUTE;

/** Three banks; bank-b has lost its key and registered three recovery keys, any two of which suffice. */
class Loss {
  readonly net: TestNetwork;
  readonly a: TestInstitution;
  readonly b: TestInstitution;
  readonly c: TestInstitution;
  readonly shares: Sm2KeyPair[];
  /** The keys of bank-b after the recovery. */
  readonly fresh: { sign: Sm2KeyPair; agree: Sm2KeyPair };

  private constructor(net: TestNetwork, b: TestInstitution, c: TestInstitution) {
    this.net = net;
    this.a = net.founder;
    this.b = b;
    this.c = c;
    this.shares = [1, 2, 3].map(() => generateSm2KeyPair());
    this.fresh = { sign: generateSm2KeyPair(), agree: generateSm2KeyPair() };
  }

  static async make(makeDriver: MakeDriver): Promise<Loss> {
    const net = await TestNetwork.found(makeDriver, { recoveryLockMs: LOCK });
    const b = await net.admit('bank-b', [net.founder]);
    const c = await net.admit('bank-c', [net.founder, b]);
    const loss = new Loss(net, b, c);
    await loss.register();
    return loss;
  }

  register(shares = this.shares, threshold = 2, signatures?: { key: string; signature: string }[], by: Actor = this.b): Promise<RecoverySetRecord> {
    const keys = shares.map(({ publicKey }) => publicKey);
    return this.net.send(by, 'identity.registerRecovery', { threshold, keys, ...(signatures && { signatures }) });
  }

  statement(change: Partial<RecoveryStatement> = {}): RecoveryStatement {
    return {
      schema: 'collabnet.dev/recovery-statement/v1',
      network: this.net.id,
      did: this.b.did,
      newSignKey: this.fresh.sign.publicKey,
      newAgreeKey: this.fresh.agree.publicKey,
      nonce: newNonce(),
      expires: this.net.driver.now() + 60 * MINUTE,
      ...change,
    };
  }

  /** A person of bank-b, whose own key is not lost, brings the signatures to the ledger. */
  recover(statement: RecoveryStatement, signers = this.shares.slice(0, 2), by: Actor = this.b.officer): Promise<RecoveryRequest> {
    const id = recoveryId(statement);
    const signatures = signers.map(({ publicKey, privateKey }) => ({ key: publicKey, signature: signRecovery(privateKey, statement) }));
    return this.net.consent(by, 'Recovery', { id, digest: id }, { body: { statement, signatures } });
  }

  vote(by: Actor, statement: RecoveryStatement, decision: 'Approve' | 'Refuse' = 'Approve'): Promise<RecoveryRequest> {
    const id = recoveryId(statement);
    return this.net.consent(by, 'RecoveryVote', { id, digest: id }, { decision, body: { statement } });
  }

  /** As the institution, with its key; persons go by `vetoAs`. */
  veto(by: Actor, statement: RecoveryStatement): Promise<RecoveryRequest> {
    const id = recoveryId(statement);
    const body = { did: this.b.did };
    if (by.type === 'person') return this.net.consent(by, 'Recovery', { id, digest: id }, { decision: 'Refuse', body });
    const args = { subject: { kind: 'Recovery', id, digest: id }, decision: 'Refuse', reason: 'not ours', body };
    return this.net.send(by, 'identity.vetoRecovery', args);
  }

  get recovered(): TestInstitution {
    return { ...this.b, keys: this.fresh.sign, keyId: `${this.b.did}#key-2` };
  }

  complete(statement: RecoveryStatement, by: Actor = this.recovered): Promise<RecoveryRequest> {
    return this.net.send(by, 'identity.completeRecovery', { id: recoveryId(statement) });
  }

  state(statement: RecoveryStatement): Promise<string | undefined> {
    return this.net
      .query<Page<RecoveryRequest>>('identity.recoveryRequests', { did: this.b.did })
      .then(({ items }) => items.find(({ id }) => id === recoveryId(statement))?.state);
  }
}

/** Keys that were lost or stolen are replaced under the same DID (design.md §8.10). */
export function recoverySuite(makeDriver: MakeDriver): void {
  describe('recovery by an institution’s own recovery keys', () => {
    test('two of three bring in new keys after the lock; the old ones end, the DID stays', async () => {
      const loss = await Loss.make(makeDriver);
      const { net, b } = loss;
      const statement = loss.statement();
      const request = await loss.recover(statement);
      assert.deepEqual([request.state, request.via], ['Locked', 'Keys']);
      assert.deepEqual(await loss.recover(statement), request, 'the same statement again is adopted');
      await refused(loss.complete(statement), 'TOO_EARLY', 'id');
      await refused(net.send(loss.recovered, 'catalogue.publish', net.assetOf(b)), 'INVALID_SIGNATURE');
      await net.driver.advanceTime(LOCK);
      await refused(net.send(loss.recovered, 'catalogue.publish', net.assetOf(b)), 'INVALID_SIGNATURE');
      assert.equal((await loss.complete(statement)).state, 'Completed');
      await refused(net.send(b, 'catalogue.publish', net.assetOf(b)), 'INVALID_SIGNATURE');
      await net.send(loss.recovered, 'catalogue.publish', net.assetOf(b));
      const record = await net.query<RegisteredDid>('identity.resolve', { did: b.did });
      assert.deepEqual(record.document.keyAgreement, [`${b.did}#agree-2`]);
      assert.ok(record.keys[`${b.did}#agree-1`], 'what was sealed for the old key names a key that is still on record');
      await net.close();
    });

    test('too few, repeated, foreign and false signatures do not count', async () => {
      const loss = await Loss.make(makeDriver);
      const statement = loss.statement();
      const [first] = loss.shares as [Sm2KeyPair];
      await refused(loss.recover(statement, [first]), 'PROOF_INVALID', 'signatures');
      await refused(loss.recover(statement, [first, first]), 'PROOF_INVALID', 'signatures');
      await refused(loss.recover(statement, [first, generateSm2KeyPair()]), 'PROOF_INVALID', 'signatures');
      await refused(loss.recover(statement, [first, { ...loss.shares[1]!, privateKey: first.privateKey }]), 'PROOF_INVALID', 'signatures');
      // Signed for another statement: another nonce is another recovery.
      const other = loss.statement();
      const id = recoveryId(statement);
      const signatures = loss.shares.map(({ publicKey, privateKey }) => ({ key: publicKey, signature: signRecovery(privateKey, other) }));
      await refused(loss.net.consent(loss.b.officer, 'Recovery', { id, digest: id }, { body: { statement, signatures } }), 'PROOF_INVALID');
      await loss.net.close();
    });

    test('a statement for another network, time, subject or with a used key is refused', async () => {
      const loss = await Loss.make(makeDriver);
      const { net, b } = loss;
      await refused(loss.recover(loss.statement({ network: 'ab'.repeat(32) })), 'WRONG_NETWORK', 'statement.network');
      await refused(loss.recover(loss.statement({ expires: net.driver.now() })), 'EXPIRED', 'statement.expires');
      await refused(loss.recover(loss.statement({ expires: net.driver.now() + 31 * 1440 * MINUTE })), 'INVALID_ARGUMENT', 'statement.expires');
      await refused(loss.recover(loss.statement({ newSignKey: b.keys.publicKey })), 'INVALID_ARGUMENT');
      await refused(loss.recover(loss.statement({ did: b.manager.did })), 'INVALID_ARGUMENT', 'statement.did');
      await refused(loss.recover(loss.statement({ did: loss.a.did })), 'NOT_FOUND', 'did');
      await net.close();
    });

    test('whoever still holds the key in force stops it in time, and only who holds it', async () => {
      const loss = await Loss.make(makeDriver);
      const { net, a, b } = loss;
      const statement = loss.statement();
      await loss.recover(statement);
      await refused(loss.veto(a, statement), 'FORBIDDEN');
      await refused(loss.veto(b.officer, statement), 'FORBIDDEN');
      assert.equal((await loss.veto(b, statement)).state, 'Vetoed');
      await net.driver.advanceTime(LOCK);
      await refused(loss.complete(statement), 'INVALID_SIGNATURE');
      assert.equal((await loss.recover(statement)).state, 'Vetoed', 'a vetoed statement does not come back');
      const late = loss.statement();
      await loss.recover(late);
      await net.driver.advanceTime(LOCK);
      await refused(loss.veto(b, late), 'EXPIRED', 'subject.id');
      await net.close();
    });

    test('only the new key completes it, and completes nothing else with it', async () => {
      const loss = await Loss.make(makeDriver);
      const { net, a, b, c } = loss;
      const statement = loss.statement();
      await loss.recover(statement);
      const rival = loss.statement({ newSignKey: generateSm2KeyPair().publicKey });
      await loss.recover(rival);
      await net.driver.advanceTime(LOCK);
      await refused(loss.complete(statement, { ...loss.recovered, keys: generateSm2KeyPair() }), 'INVALID_SIGNATURE');
      await refused(loss.complete(statement, { ...loss.recovered, keyId: `${b.did}#key-3` }), 'INVALID_SIGNATURE');
      await refused(loss.complete(statement, a), 'NOT_FOUND', 'id');
      await refused(loss.complete(statement, { ...loss.recovered, did: c.did, keyId: `${c.did}#key-2` }), 'INVALID_SIGNATURE');
      await loss.complete(statement);
      assert.equal(await loss.state(rival), 'Superseded');
      await refused(loss.complete(rival), 'ILLEGAL_TRANSITION', 'id');
      await net.close();
    });

    test('the set is changed by the set: a stolen institution key cannot replace it', async () => {
      const loss = await Loss.make(makeDriver);
      const { net, b } = loss;
      const others = [generateSm2KeyPair(), generateSm2KeyPair()];
      const set = { threshold: 2, keys: others.map(({ publicKey }) => publicKey).sort() };
      const sign = (version: number, by = loss.shares): { key: string; signature: string }[] =>
        by.slice(0, 2).map(({ publicKey, privateKey }) => ({ key: publicKey, signature: sm2Sign(recoverySetText(net.id, b.did, version, set), privateKey) }));
      assert.equal((await loss.register()).version, 1, 'the same set again changes nothing');
      await refused(loss.register(others), 'PROOF_INVALID', 'signatures');
      await refused(loss.register(others, 2, sign(2, others)), 'PROOF_INVALID', 'signatures');
      await refused(loss.register(others, 2, sign(3)), 'PROOF_INVALID', 'signatures');
      assert.equal((await loss.register(others, 2, sign(2))).version, 2);
      await refused(loss.recover(loss.statement()), 'PROOF_INVALID', 'signatures');
      await loss.recover(loss.statement(), others);
      await refused(loss.register([loss.shares[0]!, loss.shares[0]!], 1), 'INVALID_ARGUMENT', 'keys');
      await refused(loss.register(loss.shares, 4), 'INVALID_ARGUMENT', 'threshold');
      await refused(loss.register([b.keys, loss.shares[0]!], 1), 'INVALID_ARGUMENT', 'keys');
      await refused(loss.register(loss.shares, 2, undefined, b.officer), 'FORBIDDEN');
      await net.close();
    });
  });

  describe('recovery by the other members', () => {
    test('a majority of them replaces keys that a thief holds, who cannot veto', async () => {
      const loss = await Loss.make(makeDriver);
      const { net, a, b, c } = loss;
      // The thief has rotated: the institution's own key is worth nothing any more, and recovery keys are vetoed.
      const thief = generateSm2KeyPair();
      await net.send(b, 'identity.rotateKey', { newSignKey: thief.publicKey, proof: rotationProof(thief.privateKey, net.id, b.did, thief.publicKey) });
      const stolen = { ...b, keys: thief, keyId: `${b.did}#key-2` };
      const byKeys = loss.statement();
      await loss.recover(byKeys);
      await loss.veto(stolen, byKeys);
      const statement = loss.statement();
      assert.equal((await loss.vote(a.officer, statement)).state, 'Voting');
      assert.equal((await loss.vote(a.manager, statement)).state, 'Voting', 'an institution has one vote');
      assert.equal((await loss.vote(c.officer, statement)).state, 'Locked');
      await refused(loss.veto(stolen, statement), 'FORBIDDEN');
      await net.driver.advanceTime(LOCK);
      const recovered = { ...loss.recovered, keyId: `${b.did}#key-3` };
      await loss.complete(statement, recovered);
      await refused(net.send(stolen, 'catalogue.publish', net.assetOf(b)), 'INVALID_SIGNATURE');
      await net.send(recovered, 'catalogue.publish', net.assetOf(b));
      // The old set may have been the thief's; the institution registers another without it.
      await loss.register([generateSm2KeyPair()], 1, undefined, recovered);
      await net.close();
    });

    test('the institution does not vote, a person of it vetoes, votes can be taken back', async () => {
      const loss = await Loss.make(makeDriver);
      const { net, a, b, c } = loss;
      const statement = loss.statement();
      await refused(loss.vote(b.officer, statement), 'FORBIDDEN');
      await loss.vote(a.officer, statement);
      const locked = await loss.vote(c.officer, statement);
      assert.equal(locked.effectiveAt, net.driver.now() + LOCK);
      assert.equal((await loss.vote(c.officer, statement, 'Refuse')).state, 'Refused', 'one of two others is no majority');
      const second = loss.statement();
      await loss.vote(a.officer, second);
      await loss.vote(c.officer, second);
      await refused(loss.veto(a.officer, second), 'FORBIDDEN');
      assert.equal((await loss.veto(b.manager, second)).state, 'Vetoed');
      await refused(loss.vote(a.officer, second), 'ILLEGAL_TRANSITION', 'subject.id');
      await net.driver.advanceTime(LOCK);
      await refused(loss.complete(second), 'INVALID_SIGNATURE');
      await net.close();
    });

    test('votes do not touch what recovery keys asked for, nor the other way round', async () => {
      const loss = await Loss.make(makeDriver);
      const statement = loss.statement();
      await loss.recover(statement);
      await refused(loss.vote(loss.a.officer, statement), 'ILLEGAL_TRANSITION', 'subject.id');
      const voted = loss.statement();
      await loss.vote(loss.a.officer, voted);
      assert.equal((await loss.recover(voted)).state, 'Voting', 'the request stays one of votes');
      await loss.net.close();
    });
  });

  test('a network whose rules name no lock waits a day, and keeps the rules it was founded with', async () => {
    const net = await TestNetwork.found(makeDriver);
    const loss = { b: await net.admit('bank-b', [net.founder]), key: generateSm2KeyPair() };
    setNetwork(loss.b, net.id);
    await net.send(loss.b, 'identity.registerRecovery', { threshold: 1, keys: [loss.key.publicKey] });
    const [sign, agree] = [generateSm2KeyPair(), generateSm2KeyPair()];
    const statement: RecoveryStatement = {
      schema: 'collabnet.dev/recovery-statement/v1',
      network: net.id,
      did: loss.b.did,
      newSignKey: sign.publicKey,
      newAgreeKey: agree.publicKey,
      nonce: newNonce(),
      expires: net.driver.now() + MINUTE,
    };
    const id = recoveryId(statement);
    const signatures = [{ key: loss.key.publicKey, signature: signRecovery(loss.key.privateKey, statement) }];
    const request = await net.consent<RecoveryRequest>(loss.b.officer, 'Recovery', { id, digest: id }, { body: { statement, signatures } });
    assert.equal(request.effectiveAt, net.driver.now() + 1440 * MINUTE);
    assert.equal('recoveryLockMs' in (await net.query<NetworkView>('governance.network')).rules, false);
    await net.close();
  });
}
