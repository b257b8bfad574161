import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { certificateFacts, createAuthority, enrol, issueTls } from '@collabnet/fabric-network';
import { CORE } from '../../../runtime/index.ts';
import { eventually } from '../../../testing/index.ts';
import { certificateIn, certificateValues, DAYS } from './certificates.ts';
import { RESTORE_ANNOTATION } from './restore-peer.ts';
import { TestFounder } from './testing-founder.ts';

const DAY = 24 * 3600 * 1000;
const PEER = 'fabric-demo-peer-0';
const ORDERERS = ['fabric-demo-orderer-0', 'fabric-demo-orderer-1', 'fabric-demo-orderer-2'] as const;

let founder: TestFounder;

before(async () => {
  founder = await TestFounder.start({ orderers: 1 });
  // Older than all that it has issued, so that some of it can have expired.
  const { secrets } = founder;
  const options = { mspId: founder.institution.code, days: DAYS.authority, now: Date.now() - 900 * DAY };
  const [identity, tls] = [await createAuthority({ ...options, purpose: 'identity' }), await createAuthority({ ...options, purpose: 'tls' })];
  await secrets.ensure('fabric-demo-authorities', () => ({ ...certificateValues('identity', identity), ...certificateValues('tls', tls) }));
  await founder.provision();
});
after(() => founder?.stop());

const orderers = (): (string | undefined)[][] => (founder.status.fabric?.orderers ?? []).map(({ state, relation }) => [state, relation]);
const ALL_TAKE_PART = ORDERERS.map(() => ['active', 'consenter']);

test('one orderer becomes three on a living network, with an operator that is killed after each act', async () => {
  await founder.write('1.0.0');
  assert.deepEqual(orderers(), ALL_TAKE_PART.slice(0, 1));
  const killed = founder.kill();
  const quiet = killed.events(founder.ctx);
  await founder.change({ orderers: 3 });
  const waits = await founder.provision();
  founder.spare();
  quiet();
  assert.deepEqual(orderers(), ALL_TAKE_PART);
  for (const act of ['Secret fabric-demo-orderer-1', 'StatefulSet fabric-demo-orderer-2', 'PodDisruptionBudget fabric-demo-orderer']) assert.ok(killed.at.has(act), [...killed.at].join());
  const counts = ['OrdererJoined', 'OrdererAdded'].map((reason) => [...killed.at].filter((each) => each.startsWith(`event ${reason}`)).length);
  assert.deepEqual(counts, [2, 2], [...killed.at].join());
  assert.ok(waits.some((wait) => /^Fabric(OrdererJoining|NoQuorum): /.test(wait)), waits.join(' | '));
  assert.equal(founder.conditions.get('FabricHealthy')?.status, 'True');
  await founder.write('1.1.0');
});

test('the first orderer may be away then: the others order, and the peer finds them', async () => {
  await founder.kubelet.without(ORDERERS.slice(0, 1), async () => {
    await founder.write('1.2.0');
  });
  await founder.provision();
});

test('fewer orderers are refused with the reason', async () => {
  await assert.rejects(founder.change({ orderers: 1 }), /may be raised to 3 and not lowered: the way back leads over two/);
});

test('an orderer that has lost its volume comes back as a new one and takes part', async () => {
  await founder.kubelet.loseVolumes(ORDERERS[2]);
  founder.events.length = 0;
  await eventually('seen', async () => (await founder.once()) !== undefined, 60_000);
  await founder.provision();
  assert.deepEqual(orderers(), ALL_TAKE_PART);
  assert.deepEqual([...new Set(founder.events)], ['OrdererRemoved', 'OrdererJoined', 'OrdererAdded']);
  await founder.kubelet.without(ORDERERS.slice(0, 1), async () => {
    await founder.write('1.3.0');
  });
  await founder.provision();
});

test('an operator that was away for a year renews what has expired, and everything works again', async () => {
  const { secrets } = founder;
  const authorities = (await secrets.read('fabric-demo-authorities'))!;
  const [identity, tls] = [certificateIn(authorities, 'identity')!, certificateIn(authorities, 'tls')!];
  const long = { days: DAYS.leaf, now: Date.now() - 400 * DAY };
  const roles = { orderer: 'orderer', 'peer-0': 'peer', administrator: 'admin', client: 'client', reader: 'client' } as const;
  for (const name of [...ORDERERS, PEER, 'fabric-demo-administrator', 'fabric-demo-client', 'fabric-demo-reader', ...founder.kubelet.chaincodes]) {
    const [, role = 'client'] = Object.entries(roles).find(([part]) => name.includes(part)) ?? [];
    const values = (await secrets.read(name))!;
    const expired: Record<string, string> = {};
    const own = certificateIn(values, 'identity');
    if (own !== undefined) Object.assign(expired, certificateValues('identity', await enrol({ authority: identity, ...long, commonName: name, role, privateKeyPem: own.privateKeyPem })));
    const server = certificateIn(values, 'tls');
    if (server !== undefined) Object.assign(expired, certificateValues('tls', await issueTls({ authority: tls, ...long, dnsNames: ['localhost', name], privateKeyPem: server.privateKeyPem })));
    await secrets.update(name, (current) => ({ ...current, ...expired }));
  }
  // Their machines were restarted meanwhile: a node does not start with an identity that has expired.
  await founder.kubelet.without([...ORDERERS, PEER], () => Promise.resolve());
  await eventually('down', () => [...ORDERERS, PEER].every((name) => founder.kubelet.failed.has(name)), 120_000);

  await founder.restart();
  founder.conditions.clear();
  await founder.provision();
  assert.ok(Date.parse(founder.status.fabric?.certificatesExpire ?? '') > Date.now() + 360 * DAY);
  assert.equal(founder.conditions.get('CertificatesFresh')?.status, 'True');
  for (const name of ORDERERS) {
    const now = (await secrets.read(name))!;
    assert.ok(certificateFacts(now['tls.crt'] ?? '').notAfter > Date.now() + 360 * DAY);
  }
  assert.deepEqual(orderers(), ALL_TAKE_PART);
  await founder.write('1.4.0');
});

test('snapshots are taken, counted, checked and thrown away, on a volume of their own', async () => {
  await founder.change({ snapshots: { interval: '1s', keep: 2, storage: { size: '1Gi', storageClassName: 'fast' } } });
  const shown = () => founder.status.fabric?.snapshots;
  await eventually('first', async () => (await founder.once()) === undefined && (shown()?.count ?? 0) > 0, 120_000);
  assert.equal(shown()?.claim, 'fabric-demo-snapshots');
  await founder.client.get(CORE.persistentVolumeClaim, 'fabric-demo-snapshots');
  const first = shown()?.lastBlock ?? 0;
  for (const version of ['1.5.0', '1.6.0', '1.7.0']) {
    const before = shown()?.lastBlock ?? 0;
    await founder.write(version);
    await eventually('next', async () => (await founder.once()) === undefined && (shown()?.lastBlock ?? 0) > before, 60_000);
  }
  assert.ok((shown()?.lastBlock ?? 0) >= first + 3);
  assert.ok((shown()?.lastBytes ?? 0) > 1000);
  await eventually('two are kept', async () => (await founder.once()) === undefined && shown()?.count === 2);
  assert.deepEqual(founder.conditions.get('SnapshotsFresh')?.status, 'True', JSON.stringify(founder.conditions.get('SnapshotsFresh')));
});

test('storage that cannot be given is told of, and hinders nothing', async () => {
  await founder.change({ snapshots: { interval: '1s', keep: 2, storage: { size: '1Gi', storageClassName: 'another' } } });
  await founder.provision();
  const { status, reason, message } = founder.conditions.get('SnapshotsFresh') ?? {};
  assert.deepEqual([status, reason], ['False', 'ClaimRefused'], message);
  assert.match(message ?? '', /spec.ledger.fabric.snapshots.storage: .*immutable/);
  await founder.change({ snapshots: { interval: '1s', keep: 2, storage: { size: '1Gi', storageClassName: 'fast' } } });
  await founder.provision();
  assert.equal(founder.conditions.get('SnapshotsFresh')?.status, 'True');
});

test('a peer whose volume is gone can be restored from a snapshot; who has the ledger goes on, who has not is told', async () => {
  const { kubelet } = founder;
  await founder.write('1.8.0');
  const { channel } = founder.status.fabric!;
  const completed = join(kubelet.volume(PEER, 'snapshots'), 'completed', channel);
  const newest = Math.max(...(await readdir(completed)).map(Number));
  await kubelet.loseVolumes(PEER);
  await founder.annotate({ [RESTORE_ANNOTATION]: 'newest' });
  await eventually('refused', () => founder.once().then(() => false, (error: { reason?: string }) => error.reason === 'SnapshotInvalid'), 60_000);
  await founder.annotate({ [RESTORE_ANNOTATION]: String(newest) });
  const waits = await founder.provision();
  assert.ok(waits.some((wait) => wait.startsWith('FabricPeerRestoring')), waits.join(' | '));
  // This process has verified all blocks up to the snapshot.
  await founder.write('1.9.0');

  await founder.restart();
  founder.warnings.length = 0;
  const ledger = await founder.ledger();
  await eventually('told', () => founder.warnings.some((each) => each.includes(`was restored from a snapshot and has blocks from ${newest + 1} on, but block 0 comes next`)), 30_000).catch((cause: unknown) => {
    throw new Error(founder.warnings.join(' | '), { cause });
  });
  assert.throws(() => ledger.head(), { code: 'STALE' });
});

test('a peer whose volume is gone is rebuilt from the orderers, with all blocks', async () => {
  await founder.annotate({ [RESTORE_ANNOTATION]: null });
  await founder.kubelet.loseVolumes(PEER);
  await founder.restart();
  await eventually('rebuilt', async () => (await founder.once()) === undefined, 120_000);
  await founder.write('2.0.0');
});

test('a ledger of which nothing is left is not begun a second time', async () => {
  await founder.kubelet.loseVolumes(...ORDERERS);
  await eventually('the orderers', async () => (await founder.once()) !== undefined && /^FabricNoQuorum: .* has lost its volume, and 0 of 3/.test(founder.waits.at(-1) ?? ''), 120_000);
  await founder.kubelet.loseVolumes(PEER);
  await eventually('told', async () => (await founder.once()) === 'FabricLedgerLost', 120_000);
  assert.equal(await founder.once(), 'FabricLedgerLost');
});
