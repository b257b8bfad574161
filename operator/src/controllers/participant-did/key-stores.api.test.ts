import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { conditionOf, type ParticipantDID, type ParticipantDIDSpecInput } from '@collabnet/crds';
import { Token } from '@collabnet/pkcs11';
import { SoftToken } from '@collabnet/pkcs11/testing';
import { decodeSm2Multikey, encodeSm2Multikey, FileKeyStore, generateSm2KeyPair, sm2Encrypt, sm2Verify, toBytes } from '@collabnet/sm';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { parse } from 'yaml';
import { KeySources } from '../../institution/key-sources.ts';
import { SecretStore } from '../../institution/secret-store.ts';
import { SessionRegistry } from '../../institution/session-registry.ts';
import { CORE, Manager, type KubeClient, type KubeObject } from '../../runtime/index.ts';
import { eventually, TestApiServer } from '../../testing/index.ts';
import { PARTICIPANT_DID } from '../kinds.ts';
import { participantDidController } from './controller.ts';

let server: TestApiServer;
let client: KubeClient;
let sources: KeySources;
const soft = new SoftToken('bank', 'new-bank');
const folder = await mkdtemp(join(tmpdir(), 'collabnet-key-files-'));
const ending = new AbortController();
let done: Promise<void> | undefined;

before(async () => {
  server = await TestApiServer.start();
  for (const kind of ['participantdids', 'collabnetworks']) await server.installCrd(parse(readFileSync(new URL(import.meta.resolve(`@collabnet/crds/manifests/${kind}.yaml`)), 'utf8')) as KubeObject);
  client = server.connect({ namespace: await server.namespace() });
  const manager = new Manager({ client, logger: silentLogger(), metrics: createMetrics('t'), leaderElection: false });
  const secrets = new SecretStore(manager.client, manager.applier);
  sources = new KeySources(secrets, [soft.module, '/nowhere/lib.so']);
  participantDidController(manager, manager.informer<ParticipantDID>(PARTICIPANT_DID), { keys: sources, sessions: new SessionRegistry() });
  done = manager.run(ending.signal);
  await new Token({ module: soft.module, token: 'bank', pin: soft.pin }, 'collabnet').ensureKey();
});
after(async () => {
  ending.abort();
  await done;
  await server.stop();
  soft.remove();
  await rm(folder, { recursive: true, force: true });
});

type KeyStoreInput = ParticipantDIDSpecInput['keyStore'];
const spec = (name: string, keyStore?: KeyStoreInput): ParticipantDIDSpecInput => ({ type: 'Institution', subjectCode: name, displayName: name, roles: ['DataUser'], ...(keyStore && { keyStore }) });
const token = (changes: Record<string, unknown> = {}): KeyStoreInput => ({ pkcs11: { module: soft.module, token: 'bank', pinSecretRef: { name: 'pin' }, ...changes } });
const files = (changes: Record<string, unknown> = {}): KeyStoreInput => ({ file: { directory: folder, passphraseSecretRef: { name: 'passphrase' }, ...changes } });

async function secret(name: string, values: Record<string, string>): Promise<void> {
  await client.create(CORE.secret, { metadata: { name }, stringData: values } as unknown as KubeObject);
}

/** Applies an institution and waits until the operator has judged it. */
async function judged(name: string, keyStore?: KeyStoreInput): Promise<ParticipantDID> {
  await client.create<ParticipantDID & KubeObject>(PARTICIPANT_DID, { metadata: { name }, spec: spec(name, keyStore) } as unknown as ParticipantDID & KubeObject);
  return settled(name, (object) => object.status?.observedGeneration === object.metadata.generation);
}

function settled(name: string, until: (object: ParticipantDID) => boolean): Promise<ParticipantDID> {
  return eventually(`${name} is judged`, async () => {
    const object = await client.get<ParticipantDID & KubeObject>(PARTICIPANT_DID, name);
    const over = conditionOf(object.status, 'Ready')?.status === 'True' || conditionOf(object.status, 'Stalled')?.status === 'True';
    return over && until(object) ? object : undefined;
  });
}

async function stalled(name: string, keyStore: KeyStoreInput): Promise<{ reason: string; message: string }> {
  const { status } = await judged(name, keyStore);
  const condition = conditionOf(status, 'Stalled');
  assert.ok(condition, JSON.stringify(status));
  return condition;
}

/** The keys as the rest of the operator gets them do what the status promises. */
async function assertUsable({ status, ...object }: ParticipantDID): Promise<void> {
  const keys = await sources.load(object);
  assert.equal(sm2Verify('m', await keys.sign('m'), decodeSm2Multikey(status?.publicKeyMultibase ?? '')), true);
  const ciphertext = sm2Encrypt(toBytes('sealed'), decodeSm2Multikey(status?.agreeKeyMultibase ?? ''));
  assert.equal(Buffer.from(await keys.decrypt(ciphertext)).toString(), 'sealed');
}

test('without a key store the keys are made in a Secret, as ever', async () => {
  const participant = await judged('plain');
  await assertUsable(participant);
  const { data } = await client.get<KubeObject & { data: Record<string, string> }>(CORE.secret, 'plain-keys');
  assert.deepEqual(Object.keys(data).sort(), ['agree.key', 'sign.key']);
});

test('with a token the Secret holds sealed keys only, and the same keys are found again', async () => {
  await secret('pin', { pin: `${soft.pin}\n` });
  const participant = await judged('sealed', token());
  await assertUsable(participant);
  const { data } = await client.get<KubeObject & { data: Record<string, string> }>(CORE.secret, 'sealed-sealed-keys');
  const held = Object.values(data).map((value) => JSON.parse(Buffer.from(value, 'base64').toString()) as { schema: string });
  assert.deepEqual(held.map(({ schema }) => schema), ['collabnet.dev/sm2-token-key/v1', 'collabnet.dev/sm2-token-key/v1']);
  // A restarted operator: nothing but the cluster and the token is left.
  const again = await new KeySources(new SecretStore(client, undefined as never), [soft.module]).load(participant);
  assert.equal(encodeSm2Multikey(again.signPublicKey), participant.status?.publicKeyMultibase);
});

test('what is wrong with a token shows as a reason and a fix', async () => {
  await secret('wrong-pin', { pin: '000000' });
  assert.match((await stalled('no-pin', token({ pinSecretRef: { name: 'nothing' } }))).message, /Secret nothing has no entry pin; make it: kubectl create secret/);
  const wrong = await stalled('wrong-pin', token({ pinSecretRef: { name: 'wrong-pin' } }));
  assert.equal(wrong.reason, 'KeyPinWrong');
  assert.equal(wrong.message.includes('000000'), false);
  assert.equal((await stalled('no-token', token({ token: 'bank-x' }))).reason, 'KeyTokenAbsent');
  const absent = await stalled('no-key', token({ sealingKey: 'nothing' }));
  assert.equal(absent.reason, 'SealingKeyAbsent');
  assert.match(absent.message, /^spec\.keyStore\.pkcs11: .*pkcs11-tool/);
  assert.equal((await stalled('no-module', token({ module: '/nowhere/lib.so' }))).reason, 'KeyModuleMissing');
  const foreign = await stalled('foreign-module', token({ module: '/usr/lib/other.so' }));
  assert.equal(foreign.reason, 'KeyModuleNotAllowed');
  assert.match(foreign.message, /operator\.pkcs11Modules/);
});

test('a wrong PIN that is put right is tried again, and the object becomes ready', async () => {
  await secret('mended-pin', { pin: '111111' });
  assert.equal((await stalled('mended', token({ pinSecretRef: { name: 'mended-pin' } }))).reason, 'KeyPinWrong');
  const { metadata } = await client.get(CORE.secret, 'mended-pin');
  await client.replace(CORE.secret, { metadata, stringData: { pin: soft.pin } } as unknown as KubeObject);
  await client.patch(PARTICIPANT_DID, 'mended', { spec: { displayName: 'Mended' } }, { strategy: 'merge' });
  await assertUsable(await settled('mended', (object) => conditionOf(object.status, 'Ready')?.status === 'True'));
});

test('sealed keys that another token sealed are refused, not replaced', async () => {
  await new Token({ module: soft.module, token: 'new-bank', pin: soft.pin }, 'collabnet').ensureKey();
  await judged('moved', token());
  const before = await client.get(CORE.secret, 'moved-sealed-keys');
  await client.patch(PARTICIPANT_DID, 'moved', { spec: { keyStore: token({ token: 'new-bank' }) } }, { strategy: 'merge' });
  const { status } = await settled('moved', (object) => conditionOf(object.status, 'Stalled') !== undefined);
  assert.equal(conditionOf(status, 'Stalled')?.reason, 'KeySealBroken');
  assert.equal((await client.get(CORE.secret, 'moved-sealed-keys')).metadata.resourceVersion, before.metadata.resourceVersion);
});

test('key files are opened with the passphrase of a Secret', async () => {
  await secret('passphrase', { passphrase: 'correct horse battery\n' });
  const store = await FileKeyStore.open({ directory: folder, passphrase: 'correct horse battery' });
  const sign = generateSm2KeyPair();
  await store.create('key-1', sign);
  const missing = await stalled('half', files());
  assert.equal(missing.reason, 'KeyFileMissing');
  assert.match(missing.message, /agree-1/);
  await store.create('agree-1');
  const participant = await judged('filed', files());
  assert.equal(participant.status?.publicKeyMultibase, encodeSm2Multikey(sign.publicKey));
  await assertUsable(participant);
  const second = await store.create('key-2');
  await client.patch(PARTICIPANT_DID, 'filed', { spec: { keyStore: { file: { signKey: 'key-2' } } } }, { strategy: 'merge' });
  await assertUsable(await settled('filed', ({ status }) => status?.publicKeyMultibase === encodeSm2Multikey(second)));
});

test('keys in files are not the operator\'s to replace', async () => {
  await client.patch(PARTICIPANT_DID, 'filed', { spec: { keyRotation: { generation: 1 } } }, { strategy: 'merge' });
  const refused = await settled('filed', ({ status }) => conditionOf(status, 'Stalled')?.status === 'True');
  assert.equal(conditionOf(refused.status, 'Stalled')?.reason, 'KeysNotReplaceable');
});

test('what is wrong with key files shows as a reason and a fix', async () => {
  await secret('wrong-passphrase', { passphrase: 'incorrect' });
  assert.equal((await stalled('closed', files({ passphraseSecretRef: { name: 'wrong-passphrase' } }))).reason, 'KeyPassphraseWrong');
  const empty = join(folder, 'empty');
  await mkdir(empty);
  assert.equal((await stalled('empty', files({ directory: empty }))).reason, 'KeyFileMissing');
  // A read-only root file system in the pod; here a file is in the way.
  const inTheWay = await stalled('unmounted', files({ directory: join(folder, 'key-1.json') }));
  assert.equal(inTheWay.reason, 'KeyFolderMissing');
  assert.match(inTheWay.message, /operator\.volumes/);
});

test('keys that a token seals are replaced by a rotation, and what was sealed for the old one stays readable', async () => {
  const before = await judged('turned', token());
  const sealed = sm2Encrypt(toBytes('sealed before'), decodeSm2Multikey(before.status?.agreeKeyMultibase ?? ''));
  await client.patch(PARTICIPANT_DID, 'turned', { spec: { keyRotation: { generation: 1 } } }, { strategy: 'merge' });
  const after = await settled('turned', ({ status }) => status?.keyGeneration === 1);
  assert.notEqual(after.status?.publicKeyMultibase, before.status?.publicKeyMultibase);
  await assertUsable(after);
  const keys = await sources.load(after);
  assert.equal(Buffer.from(await keys.decrypt(sealed, decodeSm2Multikey(before.status?.agreeKeyMultibase ?? ''))).toString(), 'sealed before');
});
