import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { CURRENT_RELEASE, releasesOf, type AssetRecord, type ContractsRelease } from '@collabnet/contracts';
import { LATER_RELEASE, NEXT_RELEASE, TestNetwork } from '@collabnet/contracts/testing';
import type { SignedTransaction } from '@collabnet/envelope';
import { SqliteState } from '@collabnet/ledger';
import { FabricLedgerClient, type FabricLedgerOptions, type StoredFabricBlock } from '@collabnet/ledger-fabric';
import { FabricDriver } from './testing/fabric-driver.ts';
import { TestLedgerNetwork } from './testing/test-ledger-network.ts';
import { RELEASE } from './testing/test-release.ts';
import { until } from './testing/until.ts';

const [ALPHA, BETA, GAMMA] = ['Alpha', 'Beta', 'Gamma'];
const PROGRAM = new URL('./testing/release-main.js', import.meta.url);
const SHORT_MS = 4_000;

type Asset = AssetRecord & { steward?: string };

/** Three organisations go from one version of the contracts to the next; one of them later than the others. */
describe('an upgrade of the contracts by agreement', { timeout: 300_000 }, () => {
  const clients: FabricLedgerClient[] = [];
  let network: TestLedgerNetwork;
  let net: TestNetwork;
  let driver: FabricDriver;
  /** Alpha's operator after its release was upgraded; its build has the rules of before, too. */
  let alpha: FabricLedgerClient;
  /** Of a build that has the new rules only. */
  let beta: FabricLedgerClient;
  /** Still of the release of before. */
  let gamma: FabricLedgerClient;

  function client(mspId: string, changes: Partial<FabricLedgerOptions> = {}): FabricLedgerClient {
    const { networkId, chaincode } = driver;
    const opened = new FabricLedgerClient({ ...network.options(mspId, { networkId, chaincode, state: new SqliteState<StoredFabricBlock>(':memory:') }), ...changes });
    opened.start();
    clients.push(opened);
    return opened;
  }

  const definitionOf = ({ version }: ContractsRelease, sequence: number): { name: string; version: string; sequence: number } => ({ name: driver.chaincode, version, sequence });

  /** Starts a version at these members and lets them approve it; the first commits. */
  async function agree(release: ContractsRelease, sequence: number, members: readonly string[]): Promise<void> {
    const definition = definitionOf(release, sequence);
    const ids: Record<string, string> = {};
    for (const mspId of members) ids[mspId] = await network.addVersion(mspId, definition, PROGRAM, { [RELEASE]: release.version });
    await network.fabric.agreeOnChaincode(definition, ids);
  }

  const publication = (name: string): Promise<SignedTransaction> => net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, name));
  const asset = async (ledger: FabricLedgerClient, name: string): Promise<Asset> => {
    await until(() => ledger.refresh().then(() => true));
    return ledger.evaluate<Asset>('catalogue', 'get', { assetId: `bank-a/${name}` });
  };

  before(async () => {
    network = await TestLedgerNetwork.start({ members: [ALPHA, BETA, GAMMA] });
    net = await TestNetwork.found(async (payload, sign) => (driver = await FabricDriver.found(network, payload, sign, 'Real')));
    await net.publish(net.founder, net.assetOf(net.founder, 'old'));
    alpha = client(ALPHA, { releases: releasesOf(NEXT_RELEASE, CURRENT_RELEASE) });
    beta = client(BETA, { releases: releasesOf(NEXT_RELEASE) });
    gamma = client(GAMMA, { submitTimeoutMs: SHORT_MS });
    for (const each of [alpha, beta, gamma]) await until(() => each.refresh().then(() => each.head().height >= 1));
  });
  after(async () => {
    await Promise.allSettled([...clients.map((each) => each.close()), net?.close()]);
    await network?.close();
  });

  test('an institution whose release is ahead works by the rules in force, and says what its build cannot run again', async () => {
    const { height } = await beta.submit(await publication('before'));
    assert.deepEqual([beta.contracts, beta.head().takenUpTo], ['1.1.0', height]);
    await until(() => alpha.refresh().then(() => alpha.head().height >= height));
    assert.equal(alpha.head().takenUpTo, undefined);
    assert.equal((await asset(alpha, 'before')).steward, undefined);
    // What the contracts refuse is refused by the endorsers where the build has no rules of its own for it.
    const from = Date.now();
    await assert.rejects(beta.submit(await net.sign(net.founder, 'catalogue', 'withdraw', { assetId: 'bank-a/none' })), { code: 'NOT_FOUND' });
    assert.ok(Date.now() - from < 10_000, 'at once, and not after having tried for long');
  });

  test('the records are not brought over before the members have agreed', async () => {
    const early = client(ALPHA, { releases: releasesOf(NEXT_RELEASE), submitTimeoutMs: SHORT_MS });
    await until(() => early.refresh().then(() => true));
    await assert.rejects(early.upgrade(), { code: 'CONTRACTS_MISMATCH', message: /1\.2\.0, this chaincode has 1\.1\.0/ });
  });

  test('what is sent during the change waits for it, and a member that stays behind is told why it cannot write', async () => {
    await agree(NEXT_RELEASE, 2, [ALPHA, BETA]);
    const behind = client(ALPHA, { submitTimeoutMs: SHORT_MS });
    await until(() => behind.refresh().then(() => true));
    await assert.rejects(behind.submit(await publication('refused')), { code: 'CONTRACTS_MISMATCH', message: /for version 1\.1\.0, this chaincode has 1\.2\.0/ });
    const inFlight = [alpha, beta].map(async (each, n) => each.submit(await publication(`during-${n}`)));
    await sleep(1_000);
    // Both operators do it: the ledger does it once.
    await Promise.all([alpha.upgrade(), beta.upgrade()]);
    for (const { height } of await Promise.all(inFlight)) assert.ok(height > 0);
    const stop = AbortSignal.timeout(1_000);
    const told: string[] = [];
    for await (const { type, subject } of alpha.events(0, stop)) if (type === 'contracts.upgraded') told.push(subject);
    assert.deepEqual(told, ['1.2.0']);
  });

  test('old records are migrated, new ones are made by the new rules, and every replica comes to the same', async () => {
    for (const ledger of [alpha, beta]) {
      assert.equal((await asset(ledger, 'old')).steward, net.founder.did);
      assert.equal((await asset(ledger, 'during-0')).steward, 'appointed');
    }
    await beta.refresh();
    await alpha.refresh();
    assert.equal(alpha.head().stateRoot, beta.head().stateRoot);
    const taken = beta.head().takenUpTo ?? 0;
    assert.ok(taken > 0 && taken < beta.head().height, 'what was made by the new rules was run again');
    // The services of the version before are not called any more.
    for (const mspId of [ALPHA, BETA]) await network.chaincode(mspId).kill();
    await alpha.submit(await publication('after'));
    assert.equal((await asset(beta, 'after')).steward, 'appointed');
  });

  test('a member that has not approved stops there with what is known, and nothing is sent from it', async () => {
    await until(() => gamma.refresh().then(() => false, (error: { code?: string }) => error.code === 'CONTRACTS_MISMATCH'));
    await assert.rejects(gamma.refresh(), { code: 'CONTRACTS_MISMATCH', message: /can be read up to there\. Upgrade/ });
    assert.equal((await gamma.evaluate<Asset>('catalogue', 'get', { assetId: 'bank-a/old' })).steward, undefined);
    assert.ok(gamma.head().height < alpha.head().height);
    await assert.rejects(gamma.submit(await publication('outvoted')), { code: 'CONTRACTS_MISMATCH' });
    await assert.rejects(gamma.evaluate('catalogue', 'get', { assetId: 'bank-a/old' }, { maxStalenessMs: 1 }), { code: 'CONTRACTS_MISMATCH' });
  });

  test('it goes on after its own upgrade, and its endorsement counts again', async () => {
    const definition = definitionOf(NEXT_RELEASE, 2);
    const packageId = await network.addVersion(GAMMA, definition, PROGRAM, { [RELEASE]: NEXT_RELEASE.version });
    const lifecycle = network.fabric.member(GAMMA).peer.lifecycle(network.fabric.channel);
    await lifecycle.approve(definition, packageId);
    lifecycle.close();
    gamma = client(GAMMA, { releases: releasesOf(NEXT_RELEASE) });
    assert.equal((await asset(gamma, 'after')).steward, 'appointed');
    // Without Beta's, a majority needs Gamma's.
    await network.chaincode(BETA, NEXT_RELEASE.version).kill();
    const { height } = await gamma.submit(await publication('with-gamma'));
    assert.ok(height > 0);
    await network.chaincode(BETA, NEXT_RELEASE.version).start(PROGRAM);
  });

  test('the way back is a new version with the old rules', async () => {
    await agree(LATER_RELEASE, 3, [ALPHA, BETA, GAMMA]);
    const [back, full] = [client(ALPHA, { releases: releasesOf(LATER_RELEASE) }), client(BETA, { releases: releasesOf(LATER_RELEASE, NEXT_RELEASE, CURRENT_RELEASE) })];
    await until(() => back.refresh().then(() => true));
    await back.upgrade();
    await back.submit(await publication('again'));
    for (const name of ['old', 'after', 'again']) assert.equal((await asset(back, name)).steward, undefined, name);
    await until(() => full.refresh().then(() => full.head().height >= back.head().height));
    assert.equal(full.head().takenUpTo, undefined, 'a build that has kept all rules runs everything again');
    assert.deepEqual([full.head().stateRoot, full.contracts], [back.head().stateRoot, '1.3.0']);
    await until(() => alpha.refresh().then(() => false, (error: { code?: string }) => error.code === 'CONTRACTS_MISMATCH'));
  });
});
