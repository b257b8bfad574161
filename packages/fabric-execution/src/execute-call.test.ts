import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keys, rotationProof } from '@collabnet/contracts';
import { MINUTE, refused, START, TestNetwork } from '@collabnet/contracts/testing';
import { canonicalJson, type SignedTransaction } from '@collabnet/envelope';
import { generateSm2KeyPair } from '@collabnet/sm';
import { executeCall, type Outcome } from './execute-call.ts';
import { foundNetwork } from './found-call.ts';
import type { StateReader } from './state-reader.ts';
import { StampedDriver } from './testing/stamped-driver.ts';

interface Setup {
  readonly net: TestNetwork;
  readonly reader: StateReader;
  /** Runs without keeping what it wrote. */
  readonly run: (tx: SignedTransaction, seenHeight: number, time?: number) => Promise<Outcome>;
}

async function setup(): Promise<Setup> {
  const net = await TestNetwork.found((payload, sign) => new StampedDriver(payload, sign(canonicalJson(payload))));
  const { reader } = net.driver as StampedDriver;
  return { net, reader, run: (tx, seenHeight, time = net.driver.now()) => Promise.resolve().then(() => executeCall(reader, { tx, seenHeight, time })) };
}

describe('a call on Fabric', () => {
  test('comes to the same octets wherever it is run', async () => {
    const { net, run } = await setup();
    const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder));
    assert.deepEqual(await run(tx, 0), await run(structuredClone(tx), 0));
  });

  test('a rotated key is worth nothing to who names an old head, and the new one works at once', async () => {
    const { net, run } = await setup();
    const { founder: a } = net;
    const next = generateSm2KeyPair();
    const proof = rotationProof(next.privateKey, net.id, a.did, next.publicKey);
    for (let n = 0; n < 5; n++) await net.publish(a, net.assetOf(a, `asset-${n}`));
    await net.send(a, 'identity.rotateKey', { newSignKey: next.publicKey, proof });
    const stolen = await net.sign(a, 'catalogue', 'publish', net.assetOf(a, 'stolen'));
    for (const seen of [0, 1, 5, 6, 7, 1000]) await refused(run(stolen, seen), 'INVALID_SIGNATURE');
    const fresh = await net.sign({ ...a, keys: next, keyId: `${a.did}#key-2` }, 'catalogue', 'publish', net.assetOf(a, 'fresh'));
    for (const seen of [0, 6, 1000]) assert.ok((await run(fresh, seen)).height > 6);
  });

  test('runs later than everything it read, and no earlier', async () => {
    const { net, reader, run } = await setup();
    const { founder: a } = net;
    await net.publish(a);
    await net.driver.advanceTime(MINUTE);
    await net.publish(a, { ...net.assetOf(a), description: 'second' });
    const written = reader.get(keys.asset('bank-a/customers'));
    assert.deepEqual([written?.height, written?.time], [2, START + MINUTE]);
    const tx = await net.sign(a, 'catalogue', 'withdraw', { assetId: 'bank-a/customers' });
    const backDated = await run(tx, 0, START);
    assert.deepEqual([backDated.height, backDated.time], [3, START + MINUTE]);
    const other = await net.sign(a, 'catalogue', 'publish', net.assetOf(a, 'other'));
    // It read only what the genesis wrote: nothing ties it to the withdrawal.
    assert.deepEqual([(await run(other, 0, START)).height, (await run(other, 7, START + 1)).height], [1, 8]);
  });

  test('no lie about the head uses up the numbers', async () => {
    const { net, run } = await setup();
    const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder));
    for (const seen of [-1, 0.5, Number.NaN, 2 ** 33, Number.MAX_SAFE_INTEGER]) {
      await assert.rejects(run(tx, seen), { code: 'HEIGHT_INVALID' }, String(seen));
    }
  });

  test('is refused on a channel without a network; a channel is founded once, by who signed', async () => {
    const { net, reader } = await setup();
    const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder));
    const empty: StateReader = { get: () => undefined, range: () => [] };
    assert.throws(() => executeCall(empty, { tx, seenHeight: 0, time: START }), { code: 'NOT_FOUNDED' });
    await TestNetwork.found((payload, sign) => {
      const signature = sign(canonicalJson(payload));
      assert.throws(() => foundNetwork(reader, { payload, signature }), { code: 'ALREADY_FOUNDED' });
      assert.throws(() => foundNetwork(empty, { payload: { ...payload, displayName: 'other' }, signature }), { code: 'GENESIS_INVALID' });
      assert.throws(() => foundNetwork(empty, { payload: null as never, signature }), { code: 'GENESIS_INVALID' });
      const driver = new StampedDriver(payload, signature);
      assert.deepEqual(foundNetwork(driver.reader, { payload, signature }).writes, []);
      return driver;
    });
  });
});
