import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CONTRACTS_VERSION, type AlgorithmRecord, type MemberRecord, type Page } from '@collabnet/contracts';
import { certificateFacts } from '@collabnet/fabric-network';
import type { Ledger } from '@collabnet/ledger';
import { CORE, WaitError } from '../../../runtime/index.ts';
import { eventually } from '../../../testing/index.ts';
import { requireQuorum } from '../steps/require-quorum.ts';
import { definitionVersion } from './own-contracts.ts';
import { provisionFabric } from './provision.ts';
import { TestFounder } from './testing-founder.ts';

const DAY = 24 * 3600 * 1000;
const ORDERERS = ['fabric-demo-orderer-0', 'fabric-demo-orderer-1', 'fabric-demo-orderer-2'];

let founder: TestFounder;

before(async () => {
  founder = await TestFounder.start({ orderers: 3 });
  // Far enough back that everything issued at first is due for renewal now.
  founder.clockOffset = -300 * DAY;
});
after(() => founder?.stop());

const heightOfPeer = (): number => founder.status.fabric?.peers[0]?.height ?? 0;

test('the founder gets orderer, peer, channel and contracts, and the genesis is on the channel, with an operator that is killed after each write', async () => {
  const killed = founder.kill();
  try {
    await founder.provision();
  } finally {
    founder.spare();
  }
  assert.ok(killed.at.size >= 12, [...killed.at].join(', '));
  assert.deepEqual(await founder.secrets.read('fabric-demo-authorities'), killed.made.get('fabric-demo-authorities'), 'the first authorities are kept');
  const ledger = await founder.ledger();
  await ledger.refresh();
  assert.equal(ledger.head().height, 0);
  const { items } = await ledger.evaluate<Page<MemberRecord>>('membership', 'members', {});
  assert.deepEqual(items.map(({ did }) => did), [founder.institution.did]);
  const { fabric } = founder.status;
  assert.equal(fabric?.mspID, founder.institution.code);
  assert.deepEqual(fabric.orderers.map(({ name, state }) => [name, state]), ORDERERS.map((name) => [name, 'active']));
  assert.ok(ORDERERS.includes(fabric.leader ?? ''), fabric.leader);
  assert.equal(fabric.contracts.version, definitionVersion());
  assert.match(definitionVersion(), /^[0-9.]+\+sha256\.[0-9a-f]{64}$/);
  assert.equal(fabric.contracts.sequence, 1);
  assert.deepEqual(founder.events.slice(-2), ['ContractsCommitted', 'LedgerFounded']);
  assert.deepEqual([...new Set(founder.events)], ['ContractsApproved', 'ContractsCommitted', 'LedgerFounded']);
});

test('a session over it submits a transaction of the contracts', async () => {
  assert.ok((await founder.write('1.0.0')) >= 1);
  const record = await (await founder.ledger()).evaluate<AlgorithmRecord>('algorithms', 'get', { name: 'psi', version: '1.0.0' });
  assert.equal(record.provider, founder.institution.did);
});

test('a service follows the ledger on the peer with the files that it is given', async () => {
  const session = await founder.newSession();
  const mount = mkdtempSync(join(tmpdir(), 'collabnet-service-'));
  const pool = founder.ledgerPool();
  try {
    const network = await founder.serviceNetwork(mount);
    const followed = await eventually('followed', () => pool.get(network));
    await eventually('at the head', () => headOf(followed) === session.ledger.head().hash);
  } finally {
    await pool.close();
    rmSync(mount, { recursive: true });
  }
});

const headOf = (ledger: Ledger): string | undefined => {
  try {
    return ledger.head().hash;
  } catch {
    return undefined;
  }
};

test('another look changes nothing, neither in the cluster nor on the channel', async () => {
  await founder.provision();
  const [before, height] = [await founder.resourceVersions(), heightOfPeer()];
  await founder.provision();
  assert.deepEqual(await founder.resourceVersions(), before);
  assert.equal(heightOfPeer(), height);
});

test('a peer that is away is told of in the condition of the nodes, which holds again once it serves', async () => {
  const health = (): unknown[] => [founder.conditions.get('FabricHealthy')?.status, founder.conditions.get('FabricHealthy')?.reason];
  await founder.kubelet.without(['fabric-demo-peer-0'], async () => {
    await founder.once();
    assert.deepEqual(health(), ['False', 'FabricNodeUnavailable']);
  });
  await founder.provision();
  assert.deepEqual(health(), ['True', 'NodesServe']);
});

test('an orderer that is away is told of, and does not keep the operator from the ledger', async () => {
  const { kubelet } = founder;
  await kubelet.without(ORDERERS.slice(0, 1), async () => {
    await founder.once();
    assert.equal(founder.last.fabricProblem?.reason, 'FabricNodeUnavailable');
    await requireQuorum(founder.last);
    assert.deepEqual(founder.status.fabric?.orderers.map(({ state }) => state), ['unreachable', 'active', 'active']);
    assert.equal(founder.conditions.get('FabricHealthy')?.status, 'False');
  });
  await kubelet.without(ORDERERS.slice(1), async () => {
    await eventually('the first is back', async () => (await founder.once()) === 'FabricNoQuorum' && founder.status.fabric?.orderers[0]?.state === 'active', 60_000);
    await assert.rejects(requireQuorum(founder.last), { reason: 'FabricNoQuorum' });
    const ledger = await founder.ledger();
    await ledger.refresh();
    assert.equal((await ledger.evaluate<Page<MemberRecord>>('membership', 'members', {}, { maxStalenessMs: 1_000 })).items.length, 1);
  });
  await founder.provision();
});

test('what is due is renewed with the same keys, the nodes restart with it, and the ledger goes on', async () => {
  const { kubelet } = founder;
  const secret = async (): Promise<Record<string, string>> => (await founder.secrets.read('fabric-demo-orderer-0')) ?? {};
  const [before, running] = [await secret(), kubelet.running];
  founder.clockOffset = 0;
  const waitedFor = new Set<string | undefined>();
  await eventually(
    'restarted',
    async () => {
      await founder.once();
      waitedFor.add(founder.last.fabricProblem?.reason);
      return Object.entries(kubelet.running).every(([name, digest]) => digest !== running[name]) && founder.last.fabricProblem === undefined;
    },
    120_000,
  );
  assert.ok(waitedFor.has('FabricNodeRestarting'), 'orderers restart one after the other');
  assert.ok(!waitedFor.has('FabricNoQuorum'), 'most orderers are always there');
  const now = await secret();
  for (const name of ['identity', 'tls']) {
    assert.equal(now[`${name}.key`], before[`${name}.key`]);
    assert.ok(certificateFacts(now[`${name}.crt`] ?? '').notAfter > certificateFacts(before[`${name}.crt`] ?? '').notAfter + 250 * DAY);
  }
  await founder.provision();
  assert.ok(Date.parse(founder.status.fabric?.certificatesExpire ?? '') > Date.now() + 360 * DAY);
  assert.deepEqual(founder.conditions.get('CertificatesFresh'), { type: 'CertificatesFresh', status: 'True', reason: 'Renewed', message: 'no certificate of the Fabric nodes ends soon' });
  const session = await founder.newSession();
  await session.submit({ kind: 'Algorithm', contract: 'algorithms', method: 'retire', public: { name: 'psi', version: '1.0.0' } });
});

test('another build of the contracts runs beside the one of before until it is in force, and then alone', async () => {
  const { kubelet } = founder;
  const first = kubelet.chaincodes;
  assert.equal(first.length, 1);
  const contracts = { version: CONTRACTS_VERSION, digest: 'ab'.repeat(32) };
  founder.contracts = contracts;
  founder.last.services.contracts = contracts;
  const starting = await provisionFabric(founder.last);
  assert.deepEqual([starting.problem?.reason, starting.contractsInForce], ['ChaincodeNotReady', definitionVersion()]);
  assert.equal((await founder.client.list(CORE.deployment)).length, 2);
  await eventually(
    'in force',
    async () => {
      const done = await provisionFabric(founder.last).catch((error: unknown) => {
        if (!(error instanceof WaitError)) throw error;
        return undefined;
      });
      return done?.contractsInForce === definitionVersion(contracts) && kubelet.chaincodes.length === 1 && done.problem === undefined;
    },
    60_000,
  );
  assert.notDeepEqual(kubelet.chaincodes, first);
  assert.equal(founder.status.fabric?.contracts.sequence, 2);
  await founder.write('2.0.0');
});
