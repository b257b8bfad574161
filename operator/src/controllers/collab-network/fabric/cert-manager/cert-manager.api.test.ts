import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { certificateFacts } from '@collabnet/fabric-network';
import { parse } from 'yaml';
import { CORE, customType, StalledError, type KubeObject } from '../../../../runtime/index.ts';
import { Daemon, eventually, findBinary } from '../../../../testing/index.ts';
import { removeCandidate } from '../remove-candidate.ts';
import { TestFounder } from '../testing-founder.ts';
import { CERTIFICATE } from './certificate.ts';

const ISSUER = customType('cert-manager.io', 'v1', 'Issuer', 'issuers');
const RESOURCES = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'collabnet', 'cert-manager-crds');
const PEER = 'fabric-demo-peer-0';
const issuer = (name: string): { name: string; kind: string; group: string } => ({ name, kind: 'Issuer', group: 'cert-manager.io' });

let founder: TestFounder;
let certManager: Daemon | undefined;

before(async () => {
  founder = await TestFounder.start({ orderers: 1, issuers: { identity: issuer('identity'), tls: issuer('tls') } });
});
after(async () => {
  await certManager?.kill();
  await founder?.stop();
});

/** An issuer by an authority of its own, as the administrator of an institution makes one. */
async function makeIssuer(name: string, secretName: string): Promise<void> {
  const authority = { secretName, isCA: true, commonName: `${secretName} of the bank`, duration: '87600h', privateKey: { algorithm: 'ECDSA', size: 256 }, issuerRef: { name: 'self-signed' } };
  await founder.client.create(CERTIFICATE, { metadata: { name }, spec: authority } as KubeObject);
  await founder.client.create(ISSUER, { metadata: { name }, spec: { ca: { secretName } } } as KubeObject);
}

/** As `cmctl renew` does. */
async function renew(name: string): Promise<void> {
  const condition = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'renewed by hand', lastTransitionTime: new Date().toISOString() };
  const { status } = await founder.client.get<KubeObject & { status?: { conditions?: object[] } }>(CERTIFICATE, name);
  await founder.client.patch(CERTIFICATE, name, { status: { conditions: [...(status?.conditions ?? []), condition] } }, { strategy: 'merge', subresource: 'status' });
}

const secret = async (name: string): Promise<Record<string, string>> => (await founder.secrets.read(name)) ?? {};

test('a cluster without cert-manager is told, and nothing is made', async () => {
  await assert.rejects(founder.once(), { reason: 'CertManagerMissing', message: /spec\.ledger\.fabric\.issuers: .*install cert-manager/ });
  assert.equal(await founder.secrets.read('fabric-demo-authorities'), undefined);
});

test('one issuer for both is refused, and so is another one later', async () => {
  await assert.rejects(founder.change({ issuers: { identity: issuer('tls'), tls: issuer('tls') } }), /must be two issuers|immutable/);
  await assert.rejects(founder.change({ issuers: { identity: issuer('other'), tls: issuer('tls') } }), /ledger\.fabric\.issuers is immutable/);
});

test('an issuer that is not there is waited for, with what cert-manager says', async () => {
  for (const file of readdirSync(RESOURCES).filter((name) => name.endsWith('.yaml'))) await founder.server.installCrd(parse(readFileSync(join(RESOURCES, file), 'utf8')) as KubeObject);
  assert.equal(await founder.once(), 'AwaitingCertificate');
  assert.match(founder.waits.at(-1) ?? '', /Certificate fabric-demo-administrator-(identity|tls) is not issued: cert-manager has not looked at it yet/);
  certManager = new Daemon('cert-manager', findBinary('cert-manager-controller'), [], { KUBECONFIG: founder.server.kubeconfig });
  await eventually('looked at', async () => (await founder.once()) === 'AwaitingCertificate' && /is not issued: Issuing certificate as Secret does not exist/.test(founder.waits.at(-1) ?? ''), 60_000);
});

test('issuers with one authority are refused', async () => {
  await founder.client.create(ISSUER, { metadata: { name: 'self-signed' }, spec: { selfSigned: {} } } as KubeObject);
  await makeIssuer('identity', 'identity-authority');
  await founder.client.create(ISSUER, { metadata: { name: 'tls' }, spec: { ca: { secretName: 'identity-authority' } } } as KubeObject);
  let told: unknown;
  await eventually('told', async () => (told = await founder.once().catch((error: unknown) => error)) instanceof StalledError, 60_000);
  assert.ok(told instanceof StalledError && told.reason === 'IssuerUnsuitable');
  assert.match(told.message, /identity and tls have the same authority.* delete Secret fabric-demo-administrator-tls/);
  await founder.client.delete(ISSUER, 'tls');
  await makeIssuer('tls', 'tls-authority');
  await founder.client.delete(CORE.secret, 'fabric-demo-administrator-tls');
});

test('with two the founder gets its nodes, and the ledger is written', async () => {
  await founder.provision();
  await founder.write('1.0.0');
  const [authorities, peer] = [await secret('fabric-demo-authorities'), await secret(PEER)];
  assert.deepEqual(Object.keys(authorities).sort(), ['contracts.crt', 'contracts.key', 'identity.crt', 'tls.crt'], 'the keys of the authorities are with cert-manager alone');
  assert.equal(authorities['identity.crt'], (await secret('identity-authority'))['tls.crt']);
  for (const which of ['identity', 'tls'] as const) {
    const own = peer[`${which}.crt`] ?? '';
    assert.ok(new X509Certificate(own).verify(new X509Certificate(authorities[`${which}.crt`] ?? '').publicKey));
    assert.equal(own, (await secret(`${PEER}-${which}`))['tls.crt']);
  }
  assert.deepEqual(certificateFacts(peer['identity.crt'] ?? '').organisationalUnits, ['peer']);
});

test('a certificate that cert-manager renews comes to its node, with the same key', async () => {
  const before = await secret(PEER);
  await renew(`${PEER}-tls`);
  await eventually('renewed', async () => (await founder.once()) === undefined && (await secret(PEER))['tls.crt'] !== before['tls.crt'], 60_000);
  const now = await secret(PEER);
  assert.equal(now['tls.key'], before['tls.key']);
  assert.equal(now['identity.crt'], before['identity.crt']);
  await founder.provision();
  await founder.write('1.1.0');
});

test('an issuer whose authority was exchanged changes nothing, and the end of a certificate says why', async () => {
  const before = await secret(PEER);
  await founder.client.delete(ISSUER, 'tls');
  await founder.client.create(ISSUER, { metadata: { name: 'tls' }, spec: { ca: { secretName: 'identity-authority' } } } as KubeObject);
  await renew(`${PEER}-tls`);
  await eventually('issued', async () => (await secret(`${PEER}-tls`))['tls.crt'] !== before['tls.crt'], 60_000);
  await founder.provision();
  assert.equal((await secret(PEER))['tls.crt'], before['tls.crt']);
  assert.equal(founder.conditions.get('CertificatesFresh')?.status, 'True');
  founder.clockOffset = 300 * 24 * 3600 * 1000;
  await founder.once();
  const { status, message } = founder.conditions.get('CertificatesFresh')!;
  assert.equal(status, 'False');
  assert.match(message, /Issuer tls \(Certificate fabric-demo-peer-0-tls\): its authority is another one .* than the channel knows/);
});

test('a candidate that the members refuse loses what cert-manager keeps for it, too', async () => {
  const ofNetwork = async (): Promise<string[]> => (await founder.client.list(CERTIFICATE, { labelSelector: 'collabnet.dev/network=demo' })).map(({ metadata }) => metadata.name).sort();
  const all = await ofNetwork();
  assert.deepEqual(all.filter((name) => name.startsWith(PEER)), [`${PEER}-identity`, `${PEER}-tls`]);
  await removeCandidate(founder.last);
  assert.deepEqual(await ofNetwork(), []);
  for (const name of all) assert.equal(await founder.secrets.read(name), undefined, name);
});
