import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { recoveryId, rotationProof, rotationStatement, signRecovery, type FlowRecord, type Page, type RecoveryRequest, type RecoverySetRecord, type RecoveryStatement } from '@collabnet/contracts';
import { TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import type { ParticipantDID } from '@collabnet/crds';
import type { RegisteredDid } from '@collabnet/did';
import { newNonce } from '@collabnet/envelope';
import { decodeSm2Multikey, encodeSm2Multikey, generateSm2KeyPair, type Sm2KeyPair } from '@collabnet/sm';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { ensureInstitutionKeys, preparePendingKeys } from '../../institution/key-secret.ts';
import { KeySources } from '../../institution/key-sources.ts';
import { NetworkSession } from '../../institution/network-session.ts';
import { SecretStore } from '../../institution/secret-store.ts';
import { SessionRegistry } from '../../institution/session-registry.ts';
import { CORE, findCondition, Manager, type KubeClient, type KubeObject } from '../../runtime/index.ts';
import { eventually, TestApiServer } from '../../testing/index.ts';
import { crd, NETWORK } from '../compute-task/testing/bank.ts';
import { MemoryChain } from '../compute-task/testing/memory-ledger.ts';
import { COLLAB_NETWORK, PARTICIPANT_DID } from '../kinds.ts';
import { participantDidController } from './controller.ts';

const KEYS = 'me-keys';
const LOCK_MS = 3_000;

let server: TestApiServer;
before(async () => {
  server = await TestApiServer.start();
  for (const plural of ['participantdids', 'collabnetworks']) await server.installCrd(crd(plural));
});
after(() => (server as TestApiServer | undefined)?.stop());

/** An institution on a real API server whose keys are in its Secret, in a network of two on the real contracts. */
class Subject {
  readonly chain: MemoryChain;
  readonly net: TestNetwork;
  readonly bank: TestInstitution;
  readonly client: KubeClient;
  readonly namespace: string;
  session!: NetworkSession;
  secrets!: SecretStore;
  #ending = new AbortController();
  #done: Promise<void> = Promise.resolve();

  private constructor(chain: MemoryChain, net: TestNetwork, bank: TestInstitution, namespace: string) {
    this.chain = chain;
    this.net = net;
    this.bank = bank;
    this.namespace = namespace;
    this.client = server.connect({ namespace });
  }

  static async make(): Promise<Subject> {
    let chain: MemoryChain | undefined;
    const net = await TestNetwork.found((payload) => (chain = new MemoryChain(payload)), { recoveryLockMs: LOCK_MS });
    const bank = await net.admit('bank-b', [net.founder]);
    assert.ok(chain);
    const subject = new Subject(chain, net, bank, await server.namespace('keys'));
    const { client } = subject;
    await client.create(CORE.secret, { metadata: { name: KEYS }, stringData: { 'sign.key': bank.keys.privateKey, 'agree.key': bank.agree.privateKey } } as unknown as KubeObject);
    await client.create(COLLAB_NETWORK, { metadata: { name: NETWORK }, spec: { displayName: 'Test', didRef: { name: 'me' }, join: { invitationSecretRef: { name: 'x' } } } } as KubeObject);
    await client.create(PARTICIPANT_DID, { metadata: { name: 'me' }, spec: { type: 'Institution', subjectCode: 'bank-b', displayName: 'Bank B', roles: ['ComputeParty'] } } as KubeObject);
    return subject;
  }

  /** Starts an operator that knows nothing but what is in the cluster and on the ledger. */
  async operate(): Promise<this> {
    const { client, namespace, bank } = this;
    const manager = new Manager({ client, logger: silentLogger(), metrics: createMetrics('t'), leaderElection: false });
    this.secrets = new SecretStore(manager.client, manager.applier);
    const sessions = new SessionRegistry();
    participantDidController(manager, manager.informer<ParticipantDID>(PARTICIPANT_DID, { namespace }), { keys: new KeySources(this.secrets, []), sessions, doorsLearnMs: 0 });
    this.session = new NetworkSession({ name: NETWORK, did: bank.did, keys: await ensureInstitutionKeys(new SecretStore(client, manager.applier), KEYS), ledger: this.chain.ledger() });
    sessions.set(this.session);
    this.#ending = new AbortController();
    this.#done = manager.run(this.#ending.signal);
    await eventually('leading', () => manager.leading);
    return this;
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  change(spec: object, name = 'me'): Promise<unknown> {
    return this.client.patch(PARTICIPANT_DID, name, { spec }, { strategy: 'merge' });
  }

  until(what: string, holds: (object: ParticipantDID) => boolean, name = 'me'): Promise<ParticipantDID> {
    return eventually(what, async () => {
      const object = await this.client.get<ParticipantDID>(PARTICIPANT_DID, name);
      return holds(object) ? object : undefined;
    });
  }

  record(did = this.bank.did): Promise<RegisteredDid> {
    return this.net.query<RegisteredDid>('identity.resolve', { did });
  }

  secret(): Promise<Record<string, string> | undefined> {
    return this.secrets.read(KEYS);
  }

  /** A call that anybody of the network can see came from the institution. */
  publish(name: string): Promise<unknown> {
    return this.session.submit({ kind: 'Asset', contract: 'catalogue', method: 'publish', public: this.net.assetOf(this.bank, name) });
  }

  statement(keys: { sign: string; agree: string }): RecoveryStatement {
    return {
      schema: 'collabnet.dev/recovery-statement/v1',
      network: this.net.id,
      did: this.bank.did,
      newSignKey: keys.sign,
      newAgreeKey: keys.agree,
      nonce: newNonce(),
      expires: this.chain.now() + 60_000,
    };
  }

  recover(statement: RecoveryStatement, signers: readonly Sm2KeyPair[]): Promise<RecoveryRequest> {
    const id = recoveryId(statement);
    const signatures = signers.map(({ publicKey, privateKey }) => ({ key: publicKey, signature: signRecovery(privateKey, statement) }));
    return this.net.consent(this.bank.officer, 'Recovery', { id, digest: id }, { body: { statement, signatures } });
  }
}

const stalled = ({ status }: ParticipantDID): string | undefined => {
  const condition = findCondition(status?.conditions, 'Stalled');
  return condition?.status === 'True' ? condition.reason : undefined;
};

async function running(work: (subject: Subject) => Promise<void>): Promise<void> {
  const subject = await (await Subject.make()).operate();
  try {
    await work(subject);
  } finally {
    await subject.stop();
  }
}

describe('keyRotation.generation', () => {
  test('replaces both keys on the ledger and in the Secret; what was sealed before stays readable', () =>
    running(async (subject) => {
      const { net, bank, chain } = subject;
      const old = net.seal('flows', 'propose', { said: 'before' }, [bank]);
      await subject.change({ keyRotation: { generation: 1 } });
      const shown = await subject.until('rotated', ({ status }) => status?.keyGeneration === 1);
      assert.equal(shown.status?.pendingKeys, undefined);
      assert.equal(shown.status?.registered?.[0]?.keyID, `${bank.did}#key-2`);
      assert.equal(shown.status?.registered?.[0]?.publicKeyMultibase, shown.status?.publicKeyMultibase);
      const record = await subject.record();
      assert.deepEqual(record.document.assertionMethod, [`${bank.did}#key-2`]);
      assert.equal(record.keys[`${bank.did}#key-2`]?.publicKey, decodeSm2Multikey(shown.status?.publicKeyMultibase ?? ''));
      assert.equal(record.keys[`${bank.did}#agree-2`]?.publicKey, decodeSm2Multikey(shown.status?.agreeKeyMultibase ?? ''));
      const secret = await subject.secret();
      assert.equal(secret?.['sign.next.key'], undefined);
      assert.equal(secret?.['agree.former.keys'], bank.agree.privateKey);
      assert.equal(Object.values(secret ?? {}).includes(bank.keys.privateKey), false, 'the old signing key is forgotten');
      // No block has come after the rotation yet.
      assert.equal((await subject.session.agreeKeyOf(bank.did)).keyId, `${bank.did}#agree-2`);
      await subject.publish('after');
      await assert.rejects(net.publish(bank, net.assetOf(bank, 'old-key')), { code: 'INVALID_SIGNATURE' });
      const sealedAt = { network: net.id, contract: 'flows', method: 'propose' };
      assert.deepEqual(await subject.session.unseal({ ...sealedAt, ...old }), { said: 'before' });
      const fresh = await subject.session.sign({ kind: 'Flow', contract: 'flows', method: 'propose', public: {}, sealed: { content: { said: 'after' }, recipients: [] } });
      assert.deepEqual(fresh.payload.sealed?.recipients.map(({ keyId }) => keyId), [`${bank.did}#agree-2`]);
      assert.deepEqual(await subject.session.unseal(fresh.payload), { said: 'after' });
      const heightBefore = chain.height;
      await subject.change({ displayName: 'Bank B, renamed' });
      await subject.until('looked at again', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
      assert.equal(chain.height, heightBefore, 'a rotation that is done is not done again');
      await subject.change({ keyRotation: { generation: 5 } });
      await subject.until('rotated again', ({ status }) => status?.keyGeneration === 5);
      assert.equal((await subject.record()).version, 3, 'one rotation, however far the number was raised');
    }));

  test('goes on with the same keys after a death before and after the ledger had them', async () => {
    for (const died of ['before', 'after']) {
      const subject = await Subject.make();
      const { net, bank } = subject;
      await subject.operate();
      await subject.stop();
      const { keys } = await preparePendingKeys(subject.secrets, KEYS, Date.now());
      const prepared = keys.pending?.signPublicKey ?? '';
      if (died === 'after') {
        const proof = (await keys.pending?.sign(rotationStatement(net.id, bank.did, prepared))) ?? '';
        await net.send(bank, 'identity.rotateKey', { newSignKey: prepared, newAgreeKey: keys.pending?.agreePublicKey, proof });
      }
      await subject.change({ keyRotation: { generation: 1 } });
      await subject.operate();
      try {
        await subject.until(`rotated although it died ${died} the transaction`, ({ status }) => status?.keyGeneration === 1);
        const record = await subject.record();
        assert.equal(record.version, 2);
        assert.equal(record.keys[`${bank.did}#key-2`]?.publicKey, prepared);
        await subject.publish('after');
      } finally {
        await subject.stop();
      }
    }
  });

  test('does not disturb a call that it overtakes: it is signed again with the new key', () =>
    running(async (subject) => {
      const { net, bank, session } = subject;
      const fresh = generateSm2KeyPair();
      // The view of this session lags by one block: it still signs with the old key.
      const behind = await subject.record();
      await net.send(bank, 'identity.rotateKey', { newSignKey: fresh.publicKey, proof: rotationProof(fresh.privateKey, net.id, bank.did, fresh.publicKey) });
      await subject.secrets.update(KEYS, (values) => ({ ...values, 'sign.key': fresh.privateKey, 'sign.next.key': bank.keys.privateKey, 'agree.next.key': bank.agree.privateKey }));
      const ledger = { ...session.ledger, evaluate: <T>(contract: string, method: string, args: object, options?: { maxStalenessMs?: number }) => (options?.maxStalenessMs === 0 ? session.ledger.evaluate<T>(contract, method, args as never) : Promise.resolve(behind as T)) };
      const lagging = new NetworkSession({ name: NETWORK, did: bank.did, keys: await ensureInstitutionKeys(subject.secrets, KEYS), ledger });
      assert.equal((await lagging.signingKey()).keyId, `${bank.did}#key-1`);
      await lagging.submit({ kind: 'Asset', contract: 'catalogue', method: 'publish', public: net.assetOf(bank, 'overtaken') });
    }));
});

describe('an institution that has left its network', () => {
  test('is not told that it lacks keys there', () =>
    running(async (subject) => {
      const { net, bank } = subject;
      await subject.change({ recovery: { threshold: 1, publicKeys: [encodeSm2Multikey(generateSm2KeyPair().publicKey)] } });
      await subject.until('registered', ({ status }) => status?.registered?.[0]?.recoveryVersion === 1);
      await net.send(bank, 'membership.leave', {});
      const shown = await subject.until('out of use', ({ status }) => status?.registered?.[0]?.deactivated === true);
      assert.equal(stalled(shown), undefined);
      await subject.change({ displayName: 'Bank B, which has left' });
      const later = await subject.until('looked at again', ({ metadata, status }) => status?.observedGeneration === metadata.generation);
      assert.equal(stalled(later), undefined);
    }));
});

describe('a person', () => {
  test('that is deactivated consents to nothing any more', () =>
    running(async (subject) => {
      const { net, bank } = subject;
      const { manager } = bank;
      const spec = { type: 'Person', subjectCode: 'bank-b.manager', displayName: 'Manager', roles: ['DataManager'], publicKeyMultibase: encodeSm2Multikey(manager.keys.publicKey) };
      await subject.client.create(PARTICIPANT_DID, { metadata: { name: 'manager' }, spec } as KubeObject);
      const before = await subject.until('registered', ({ status }) => (status?.registered?.length ?? 0) > 0, 'manager');
      assert.equal(before.status?.registered?.[0]?.keyID, `${manager.did}#key-1`);
      await subject.change({ deactivated: true }, 'manager');
      const shown = await subject.until('deactivated', ({ status }) => findCondition(status?.conditions, 'Ready')?.reason === 'Deactivated', 'manager');
      assert.equal(shown.status?.registered?.[0]?.deactivated, true);
      assert.ok((await subject.record(manager.did)).deactivatedAtHeight);
      const subjectOf = { id: 'x', digest: 'ab'.repeat(32) };
      await assert.rejects(net.consent<FlowRecord>(manager, 'Flow', subjectOf), { code: 'INVALID_SIGNATURE' });
    }));

  test('whose key was changed in the spec only is told that the person must sign', () =>
    running(async (subject) => {
      const { manager } = subject.bank;
      const spec = { type: 'Person', subjectCode: 'bank-b.manager', displayName: 'Manager', roles: ['DataManager'], publicKeyMultibase: encodeSm2Multikey(generateSm2KeyPair().publicKey) };
      await subject.client.create(PARTICIPANT_DID, { metadata: { name: 'manager' }, spec } as KubeObject);
      const shown = await subject.until('stalled', (object) => stalled(object) === 'KeyDiffers', 'manager');
      assert.match(findCondition(shown.status?.conditions, 'Stalled')?.message ?? '', /kubectl collabnet key rotate/);
      await subject.change({ publicKeyMultibase: encodeSm2Multikey(manager.keys.publicKey) }, 'manager');
      await subject.until('in order again', (object) => stalled(object) === undefined, 'manager');
    }));
});

describe('recovery', () => {
  const shares = [1, 2, 3].map(() => generateSm2KeyPair());
  const recovery = { threshold: 2, publicKeys: shares.map(({ publicKey }) => encodeSm2Multikey(publicKey)) };

  test('keys are registered from the spec; a lost key Secret is recovered with them under the same DID', () =>
    running(async (subject) => {
      const { net, bank } = subject;
      await subject.change({ recovery });
      await subject.until('registered', ({ status }) => status?.registered?.[0]?.recoveryVersion === 1);
      const set = await net.query<RecoverySetRecord>('identity.recoverySet', { did: bank.did });
      assert.deepEqual([set.threshold, set.keys], [2, shares.map(({ publicKey }) => publicKey).sort()]);

      await subject.stop();
      await subject.client.delete(CORE.secret, KEYS);
      await subject.operate();
      const lost = await subject.until('lost', (object) => stalled(object) === 'KeyNotRegistered');
      assert.match(findCondition(lost.status?.conditions, 'Stalled')?.message ?? '', /kubectl collabnet recovery/);
      await assert.rejects(subject.publish('lost'), /another signing key/);
      const [sign, agree] = [lost.status?.publicKeyMultibase ?? '', lost.status?.agreeKeyMultibase ?? ''].map(decodeSm2Multikey) as [string, string];
      const request = await subject.recover(subject.statement({ sign, agree }), shares.slice(1));
      assert.equal(request.state, 'Locked');
      const waiting = await subject.until('waits for its lock', ({ status }) => status?.recoveries?.[0]?.state === 'Locked');
      assert.equal(waiting.status?.recoveries?.[0]?.via, 'Keys');
      await subject.until('recovered', ({ status }) => findCondition(status?.conditions, 'Ready')?.status === 'True');
      assert.ok(subject.chain.now() >= (request.effectiveAt ?? Infinity));
      assert.deepEqual((await subject.record()).document.assertionMethod, [`${bank.did}#key-2`]);
      await subject.publish('recovered');
    }));

  test('that names keys of somebody else is vetoed by an operator that still holds its key', () =>
    running(async (subject) => {
      const { net, bank } = subject;
      await net.send(bank, 'identity.registerRecovery', { threshold: 1, keys: [shares[0]?.publicKey] });
      const statement = subject.statement({ sign: generateSm2KeyPair().publicKey, agree: generateSm2KeyPair().publicKey });
      await subject.recover(statement, shares.slice(0, 1));
      await eventually('vetoed', async () => {
        const { items } = await net.query<Page<RecoveryRequest>>('identity.recoveryRequests', { did: bank.did });
        return items[0]?.state === 'Vetoed';
      });
      await subject.publish('still-here');
    }));

  test('keys that differ from those on the ledger are not replaced by the key they shall protect against', () =>
    running(async (subject) => {
      const { net, bank } = subject;
      await net.send(bank, 'identity.registerRecovery', { threshold: 1, keys: [generateSm2KeyPair().publicKey] });
      await subject.change({ recovery });
      await subject.until('stalled', (object) => stalled(object) === 'RecoveryKeysDiffer');
    }));
});

