import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AssetRecord, FabricOrganisation, FlowRecord } from '@collabnet/contracts';
import { Bench, TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import type { SignedTransaction } from '@collabnet/envelope';
import { SqliteState, type LedgerError } from '@collabnet/ledger';
import { FabricLedgerClient, submitEndorsedBy, type FabricLedgerOptions, type StoredFabricBlock } from '@collabnet/ledger-fabric';
import { FabricDriver } from './testing/fabric-driver.ts';
import { TestLedgerNetwork } from './testing/test-ledger-network.ts';
import { until } from './testing/until.ts';

const [A, B, C] = ['bank-a', 'bank-b', 'bank-c'];
const ALTERED = new URL('./testing/altered-main.js', import.meta.url);
const PAST_PARTIES = new URL('./testing/past-parties-main.js', import.meta.url);
const ALONE = new URL('./testing/alone-main.js', import.meta.url);
const SHORT_MS = 8_000;
const FAR_MS = Date.parse('2100-01-01');

/** A task over data of A and B. A and C are a majority of the three, and do what they like with it. */
describe('a task on a ledger where two of three organisations make common cause', { timeout: 300_000 }, () => {
  const clients: FabricLedgerClient[] = [];
  let network: TestLedgerNetwork;
  let net: TestNetwork;
  let driver: FabricDriver;
  let bench: Bench;
  let c: TestInstitution;

  const options = (mspId: string, changes: Partial<FabricLedgerOptions> = {}): FabricLedgerOptions => {
    const { networkId, chaincode } = driver;
    return { ...network.options(mspId, { networkId, chaincode, state: new SqliteState<StoredFabricBlock>(':memory:') }), ...changes };
  };
  const client = async (mspId: string, changes: Partial<FabricLedgerOptions> = {}): Promise<FabricLedgerClient> => {
    const opened = new FabricLedgerClient(options(mspId, changes));
    clients.push(opened);
    opened.start();
    await until(() => opened.refresh().then(() => opened.head().height >= driver.client.head().height));
    return opened;
  };
  const organisation = (mspId: string): FabricOrganisation => {
    const { msp } = network.fabric.member(mspId).institution;
    const pem = (text: string): string => `${text.trim()}\n`;
    return { mspId, rootCertificates: msp.rootCertificates.map(pem), tlsRootCertificates: (msp.tlsRootCertificates ?? []).map(pem), peers: [{ host: `peer.${mspId}.example`, port: 7051 }] };
  };
  const endorsedBy = (organisations: readonly string[], tx: SignedTransaction, changes: Partial<FabricLedgerOptions> = {}): Promise<string> =>
    submitEndorsedBy(options(organisations[0] ?? '', changes), organisations, tx, driver.client.head().height);
  const starting = (flow: FlowRecord, actor = bench.a): Promise<SignedTransaction> => net.sign(actor, 'flows', 'start', { flowId: flow.flowId, step: 'match', attempt: 1 });
  const stateOf = async (flow: FlowRecord): Promise<string> => {
    await driver.client.refresh();
    return (await bench.flow(flow)).state;
  };
  const restart = async (mspId: string, program?: URL): Promise<void> => {
    await network.chaincode(mspId).kill();
    await network.chaincode(mspId).start(program);
  };

  before(async () => {
    network = await TestLedgerNetwork.start({ members: [A, B, C] });
    net = await TestNetwork.found(async (payload, sign) => (driver = await FabricDriver.found(network, payload, sign, 'Real')), {}, 'fabric');
    const b = await net.admit(B, [net.founder], organisation(B));
    c = await net.admit(C, [net.founder, b], organisation(C));
    await net.approveAlgorithm([net.founder, b]);
    for (const owner of [net.founder, b]) await net.publish(owner);
    bench = new Bench(net, b);
  });
  after(async () => {
    await Promise.allSettled([...clients.map((each) => each.close()), net?.close()]);
    await network?.close();
  });

  test('does not open or start by their endorsement; by that of the owner it does', async () => {
    const flow = await bench.bring('Approved');
    await bench.confirm(flow, bench.a);
    const opening = await net.sign(bench.b, 'flows', 'confirm', { flowId: flow.flowId });
    assert.equal(await endorsedBy([A, C], opening), 'ENDORSEMENT_POLICY_FAILURE');
    assert.equal(await stateOf(flow), 'AwaitingApproval');
    await driver.client.submit(opening);
    for (const party of [bench.a, bench.b]) await bench.reserve(flow, party);
    const { height, stateRoot } = driver.client.head();
    const start = await starting(flow);
    assert.equal(await endorsedBy([A, C], start), 'ENDORSEMENT_POLICY_FAILURE');
    assert.equal(await stateOf(flow), 'Pending');
    assert.deepEqual([driver.client.head().height, driver.client.head().stateRoot], [height, stateRoot]);
    // The same transaction, left to the gateway: it finds out who has to endorse. C's gateway has no part in the task.
    await (await client(C)).submit(start);
    assert.equal(await stateOf(flow), 'Running');
  });

  test('without the other party\'s own peer no asset is published and no consent given in its name', async () => {
    const asset = await net.sign(bench.b, 'catalogue', 'publish', net.assetOf(bench.b, 'relayed'));
    assert.equal(await endorsedBy([A, C], asset), 'ENDORSEMENT_POLICY_FAILURE');
    const flow = await bench.propose();
    const consent = await net.signConsent(bench.b.manager, 'Flow', { id: flow.flowId, digest: flow.specDigest });
    assert.equal(await endorsedBy([A, C], consent), 'ENDORSEMENT_POLICY_FAILURE');
    assert.equal(await endorsedBy([A, B], asset), 'VALID');
    await driver.client.refresh();
    assert.equal((await net.query<AssetRecord>('catalogue.get', { assetId: 'bank-b/relayed' })).version, 1);
  });

  test('does not start at a time that the owner\'s clock does not bear out, whatever theirs show', async () => {
    const flow = await bench.bring('Reserved');
    for (const mspId of [A, C]) await restart(mspId, ALTERED);
    const late = { now: () => Date.now() - 600_000 };
    const start = await starting(flow);
    // They endorse it, and every replica would find that the rules allow it.
    assert.equal(await endorsedBy([A, C], start, late), 'ENDORSEMENT_POLICY_FAILURE');
    await assert.rejects(endorsedBy([A, B, C], start, late), { code: 'CLOCK_SKEW' });
    assert.equal(await stateOf(flow), 'Pending');
    for (const mspId of [A, C]) await restart(mspId);
    await driver.client.submit(start);
    assert.equal(await stateOf(flow), 'Running');
  });

  test('waits for the owner\'s peer where it starts, and for nobody where it ends', async () => {
    const [waiting, ending] = [await bench.bring('Reserved'), await bench.bring('Reserved')];
    const impatient = await client(A, { submitTimeoutMs: SHORT_MS });
    await network.fabric.member(B).peer.stop();
    await assert.rejects(impatient.submit(await starting(waiting)), { code: 'UNAVAILABLE', message: /bank-b/ });
    await until(async () => driver.client.submit(await net.sign(bench.a, 'flows', 'cancel', { flowId: ending.flowId, reason: 'tested' })).then(() => true));
    await network.fabric.member(B).peer.start();
    await until(async () => driver.client.submit(await starting(waiting)).then(() => true), 60_000);
    assert.deepEqual([await stateOf(waiting), await stateOf(ending)], ['Running', 'Cancelled']);
  });

  test('one that writes what it can without the others changes nothing, and stops nobody', async () => {
    await restart(C, ALONE);
    const { stateRoot } = driver.client.head();
    const other = await client(B);
    const alone = await net.sign(c, 'catalogue', 'publish', net.assetOf(c, 'alone'), { expires: FAR_MS + 60_000 });
    assert.equal(await endorsedBy([C], alone, { now: () => FAR_MS }), 'VALID');
    for (const each of [driver.client, other]) {
      await each.refresh();
      assert.equal(each.head().stateRoot, stateRoot);
    }
    await restart(C);
    await net.publish(c, net.assetOf(c, 'together'));
    await other.refresh();
    assert.equal((await other.evaluate<AssetRecord>('catalogue', 'get', { assetId: 'bank-c/together' })).version, 1);
  });

  // The last one: nothing goes on after it.
  test('a majority that asks no party writes into the ledger, and every replica stops there', async () => {
    const flow = await bench.bring('Reserved');
    const other = await client(B);
    for (const mspId of [A, C]) await restart(mspId, PAST_PARTIES);
    assert.equal(await endorsedBy([A, C], await starting(flow)), 'VALID');
    for (const each of [driver.client, other]) {
      await until(() => each.refresh().then(() => false, (error: LedgerError) => error.code === 'DIVERGED'));
      await assert.rejects(each.refresh(), { code: 'DIVERGED', message: /party\/.*altered rules/ });
    }
  });
});
