import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { refused, TestNetwork } from '@collabnet/contracts/testing';
import { signTransaction, type SignedTransaction } from '@collabnet/envelope';
import { sm2Sign } from '@collabnet/sm';
import type { AssetRecord } from '@collabnet/contracts';
import { LedgerError, openReplicaState, SqliteState, type LedgerEvent } from '@collabnet/ledger';
import { FabricLedgerClient, verifyFabricProof, type FabricLedgerOptions, type StoredFabricBlock } from '@collabnet/ledger-fabric';
import { FabricDriver } from './testing/fabric-driver.ts';
import { enrol } from '@collabnet/fabric-network';
import { TestLedgerNetwork } from './testing/test-ledger-network.ts';
import { until } from './testing/until.ts';

const ALTERED = new URL('./testing/altered-main.js', import.meta.url);
const [ALPHA, BETA, GAMMA] = ['Alpha', 'Beta', 'Gamma'];

/** Three organisations that do not trust each other, and what goes wrong between them. */
describe('a ledger of three organisations', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-replicas-'));
  const clients: FabricLedgerClient[] = [];
  let network: TestLedgerNetwork;
  let net: TestNetwork;
  let driver: FabricDriver;

  function client(mspId: string, changes: Partial<FabricLedgerOptions> = {}): FabricLedgerClient {
    const { networkId, chaincode } = driver;
    const state = new SqliteState<StoredFabricBlock>(':memory:');
    const opened = new FabricLedgerClient({ ...network.options(mspId, { networkId, chaincode, state }), ...changes });
    opened.start();
    clients.push(opened);
    return opened;
  }

  before(async () => {
    network = await TestLedgerNetwork.start({ members: [ALPHA, BETA, GAMMA] });
    net = await TestNetwork.found(async (payload, sign) => (driver = await FabricDriver.found(network, payload, sign, 'Real')));
  });
  after(async () => {
    await Promise.allSettled([...clients.map((each) => each.close()), net?.close()]);
    await network?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  // Refreshed first: others' blocks may be on their way still.
  const versionsOf = async (name: string): Promise<number> => {
    await driver.client.refresh();
    return (await net.query<AssetRecord>('catalogue.get', { assetId: `bank-a/${name}` })).version;
  };

  test('each comes to the same state from its own peer', async () => {
    await net.publish(net.founder);
    const others = [client(BETA), client(GAMMA)];
    await driver.client.refresh();
    for (const other of others) {
      await until(async () => other.refresh().then(() => other.head().height >= driver.client.head().height));
      assert.deepEqual({ ...other.head(), verifiedAt: 0 }, { ...driver.client.head(), verifiedAt: 0 });
    }
  });

  test('a transaction signed on another chain is not sent; one on this chain is', async () => {
    const { payload } = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'headed'));
    const { height, hash } = driver.client.head();
    const withHead = (head: { height: number; hash: string }): Promise<SignedTransaction> => signTransaction({ ...payload, head }, (message) => sm2Sign(message, net.founder.keys.privateKey));
    await assert.rejects(driver.client.submit(await withHead({ height, hash: 'ab'.repeat(32) })), { code: 'HEAD_UNKNOWN' });
    await assert.rejects(driver.client.submit(await withHead({ height: height + 100, hash })), { code: 'HEAD_UNKNOWN' });
    await driver.client.submit(await withHead({ height, hash }));
  });

  test('goes to the next endpoint where one is dead', async () => {
    const [living] = network.options(ALPHA, { networkId: driver.networkId, state: new SqliteState<StoredFabricBlock>(':memory:') }).endpoints();
    assert.ok(living);
    const other = client(ALPHA, { endpoints: () => [{ address: 'localhost:1' }, living] });
    await assert.rejects(other.refresh(), { code: 'UNAVAILABLE' });
    await until(() => other.refresh().then(() => other.head().height > 0));
  });

  test('what is proven is checked offline against the block', async () => {
    const { height } = driver.client.head();
    const proof = await driver.client.prove('asset/bank-a/customers', height);
    assert.equal((proof.value as unknown as AssetRecord).version, 1);
    assert.deepEqual(verifyFabricProof(proof), { number: proof.number, blockHash: proof.hash });
    assert.throws(() => verifyFabricProof({ ...proof, value: { ...(proof.value as object), version: 2 } }), { code: 'BLOCK_INVALID' });
    await assert.rejects(driver.client.prove('asset/none', height), { code: 'NOT_FOUND' });
  });

  test('a renewed identity is used without a restart', async () => {
    const { institution } = network.fabric.member(BETA);
    const { endpoints, identity } = network.options(BETA, { networkId: driver.networkId, state: new SqliteState<StoredFabricBlock>(':memory:') });
    let own = identity();
    const errors: unknown[] = [];
    const renewing = client(BETA, { identity: () => own, endpoints, onError: (error) => errors.push(error) });
    await until(() => renewing.refresh().then(() => true));
    const { certificatePem: certificate, privateKeyPem: privateKey } = await enrol({ authority: institution.identityAuthority, commonName: 'renewed', role: 'client', days: 1 });
    own = { ...own, certificate, privateKey };
    await sleep(4_000);
    const { height } = await renewing.submit(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'renewed')));
    const { block } = await renewing.prove('asset/bank-a/renewed', height);
    assert.ok(Buffer.from(block, 'base64').includes(certificate), 'the transaction was proposed under the old certificate');
    assert.deepEqual(errors, []);
  });

  test('fifty concurrent changes of one record all come about, each once, through three peers', async () => {
    const senders = [driver.client, client(BETA), client(GAMMA)];
    await Promise.all(senders.map((sender) => until(() => sender.refresh().then(() => true))));
    const signed = await Promise.all(
      Array.from({ length: 50 }, (_, n) => net.sign(net.founder, 'catalogue', 'publish', { ...net.assetOf(net.founder, 'wanted'), description: `made for tests ${n}` })),
    );
    // Some by two senders at once: a relay that is repeated elsewhere.
    const sent = signed.flatMap((tx, n) => senders.filter((_, index) => index === n % 3 || n % 10 === 0).map((sender) => sender.submit(tx)));
    const results = await Promise.all(sent);
    const found = new Set(results.map(({ digest, height }) => `${height} ${digest}`));
    assert.equal(found.size, 50, 'a transaction stands in one place, whoever is asked');
    assert.equal(new Set(results.map(({ height }) => height)).size, 50);
    assert.equal(await versionsOf('wanted'), 50);
  });

  test('a time that is not that of the endorsers is refused, and one within their window gains nothing against a record', async () => {
    for (const shift of [-600_000, 600_000]) {
      const skewed = client(BETA, { now: () => Date.now() + shift });
      await until(() => skewed.refresh().then(() => skewed.head().height > 0));
      const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'dated'), { expires: Date.now() + Math.abs(shift) * 2 });
      await assert.rejects(skewed.submit(tx), { code: 'CLOCK_SKEW', field: 'expires' });
      assert.ok(Math.abs(skewed.clockOffsetMs - shift) < 5_000);
    }
    await net.publish(net.founder, net.assetOf(net.founder, 'dated'));
    const late = client(GAMMA, { now: () => Date.now() - 30_000 });
    await until(() => late.refresh().then(() => late.head().height >= driver.client.head().height));
    await late.submit(await net.sign(net.founder, 'catalogue', 'withdraw', { assetId: 'bank-a/dated' }));
    await driver.client.refresh();
    const { changedAt } = await net.query<AssetRecord>('catalogue.get', { assetId: 'bank-a/dated' });
    const published = driver.client.blockTime(driver.client.head().height - 1);
    assert.equal(changedAt, published, 'as late as the publication that it read');
  });

  test('a clock that is found wrong is asked about until it is right, without anybody submitting', async () => {
    for (const [shift, takesBlocks] of [[600_000, true], [-1_200_000, false]] as const) {
      let offset = takesBlocks ? 0 : shift;
      const shifted = client(BETA, { now: () => Date.now() + offset });
      if (takesBlocks) {
        await until(() => shifted.refresh().then(() => true));
        offset = shift;
        const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'unsent'), { expires: Date.now() + shift * 2 });
        await assert.rejects(shifted.submit(tx), { code: 'CLOCK_SKEW' });
      }
      await until(() => Promise.resolve(Math.abs(shifted.clockOffsetMs - shift) < 5_000));
      if (!takesBlocks) assert.throws(() => shifted.head(), { code: 'STALE' });
      offset = 0;
      await until(async () => shifted.clockOffsetMs === 0 && (await shifted.refresh().then(() => shifted.head().height >= driver.client.head().height)));
    }
  });

  test('a chaincode killed in the middle of submits is a delay and no more', async () => {
    const submitted = Promise.all(
      Array.from({ length: 10 }, async (_, n) => driver.client.submit(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, `killed-${n}`)))),
    );
    await sleep(30);
    await network.chaincode(ALPHA).kill();
    await sleep(1_500);
    await network.chaincode(ALPHA).start();
    await submitted;
    for (let n = 0; n < 10; n++) assert.equal(await versionsOf(`killed-${n}`), 1);
  });

  test('without an orderer writes wait, reads go on, and nothing is lost', async () => {
    const [orderer] = network.fabric.orderers;
    assert.ok(orderer);
    await orderer.kill();
    const waiting = driver.client.submit(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'waiting')));
    await sleep(1_000);
    await driver.client.evaluate('catalogue', 'get', { assetId: 'bank-a/customers' }, { maxStalenessMs: 1_000 });
    await refused(net.query('catalogue.get', { assetId: 'bank-a/waiting' }), 'NOT_FOUND');
    await orderer.start();
    await waiting;
    assert.equal(await versionsOf('waiting'), 1);
  });

  test('a peer that restarts: reads say how old they are, and the follower goes on from its checkpoint', async () => {
    const { networkId } = driver;
    const first = client(BETA, { state: openReplicaState<StoredFabricBlock>(folder, networkId) });
    await until(() => first.refresh().then(() => true));
    const known = first.head().height;
    await network.fabric.member(BETA).peer.kill();
    await until(() => first.refresh().then(() => false, () => true));
    await first.evaluate('catalogue', 'get', { assetId: 'bank-a/customers' });
    await assert.rejects(first.evaluate('catalogue', 'get', { assetId: 'bank-a/customers' }, { maxStalenessMs: 1 }), (error: LedgerError) => ['STALE', 'UNAVAILABLE'].includes(error.code));
    await first.close();
    // Alpha and Gamma are a majority without it.
    await net.publish(net.founder, net.assetOf(net.founder, 'meanwhile'));
    const state = openReplicaState<StoredFabricBlock>(folder, networkId);
    assert.equal(state.head()?.header.height, known);
    const second = client(BETA, { state });
    const seen: LedgerEvent[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const event of second.events(known + 1, stop.signal)) seen.push(event);
    })();
    await network.fabric.member(BETA).peer.start();
    await until(() => second.refresh().then(() => true), 60_000);
    stop.abort();
    await reading;
    assert.deepEqual(seen.map(({ type, subject }) => [type, subject]), [['catalogue.published', 'bank-a/meanwhile']]);
  });

  test('one that runs altered rules endorses nothing that counts, and the others go on', async () => {
    await network.chaincode(GAMMA).kill();
    await network.chaincode(GAMMA).start(ALTERED);
    for (let n = 0; n < 5; n++) await net.publish(net.founder, net.assetOf(net.founder, `honest-${n}`));
    const own = client(GAMMA, { submitTimeoutMs: 4_000 });
    await until(() => own.refresh().then(() => own.head().height > 0));
    await assert.rejects(own.submit(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'altered'))), { code: 'UNAVAILABLE' });
    await refused(net.query('catalogue.get', { assetId: 'bank-a/altered' }), 'NOT_FOUND');
  });

  test('a majority with altered rules writes into the ledger, and every replica stops there', async () => {
    await network.chaincode(BETA).kill();
    await network.chaincode(BETA).start(ALTERED);
    const colluding = client(GAMMA, { submitTimeoutMs: 30_000 });
    await until(() => colluding.refresh().then(() => colluding.head().height > 0));
    await assert.rejects(colluding.submit(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'false'))), { code: 'DIVERGED' });
    await until(() => Promise.resolve(diverged(driver.client)));
    await assert.rejects(driver.client.evaluate('catalogue', 'get', { assetId: 'bank-a/customers' }), { code: 'DIVERGED', message: /altered rules/ });
    await assert.rejects(driver.client.submit(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'after'))), { code: 'DIVERGED' });
    // A replica from the beginning finds the same.
    const fresh = client(ALPHA);
    await until(() => Promise.resolve(diverged(fresh)));
  });
});

function diverged(ledger: FabricLedgerClient): boolean {
  try {
    ledger.head();
    return false;
  } catch (error) {
    return error instanceof LedgerError && error.code === 'DIVERGED';
  }
}
