import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CURRENT_RELEASE, keys } from '@collabnet/contracts';
import { LATER_RELEASE, MINUTE, NEXT_RELEASE, START, TestNetwork } from '@collabnet/contracts/testing';
import { canonicalJson } from '@collabnet/envelope';
import { executeCall, executeUpgrade } from './execute-call.ts';
import { StampedDriver } from './testing/stamped-driver.ts';

describe('an upgrade on Fabric', () => {
  test('comes later than every record that it changes, and is the barrier between two versions', async () => {
    const net = await TestNetwork.found((payload, sign) => new StampedDriver(payload, sign(canonicalJson(payload))));
    const { reader } = net.driver as StampedDriver;
    for (const name of ['one', 'two']) await net.publish(net.founder, net.assetOf(net.founder, name));
    await net.driver.advanceTime(MINUTE);
    const call = { tx: await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, 'three')), seenHeight: 0, time: net.driver.now() };
    assert.throws(() => executeCall(reader, call, NEXT_RELEASE), { code: 'UPGRADE_PENDING' });
    const upgraded = executeUpgrade(reader, { seenHeight: 0, time: START }, NEXT_RELEASE);
    assert.deepEqual(executeUpgrade(reader, { seenHeight: 0, time: START }, NEXT_RELEASE), upgraded);
    assert.ok(upgraded.height > 2, 'above the publications');
    assert.deepEqual(upgraded.writes.map(({ key }) => key), ['asset/bank-a/one', 'asset/bank-a/two', 'network', 'upgrade/1.2.0']);
    // Everything that was endorsed before read the record that is written here: Fabric marks it a conflict.
    assert.ok(executeCall(reader, call).reads.includes(keys.network));
    reader.apply(upgraded.writes);
    assert.deepEqual(executeUpgrade(reader, { seenHeight: 9, time: START }, NEXT_RELEASE).writes, []);
    assert.throws(() => executeCall(reader, call), { code: 'CONTRACTS_MISMATCH' });
    assert.ok(executeCall(reader, call, NEXT_RELEASE).height > upgraded.height);
    assert.throws(() => executeUpgrade(reader, { seenHeight: 0, time: START }, CURRENT_RELEASE), { code: 'CONFLICT' });
    assert.ok(executeUpgrade(reader, { seenHeight: 0, time: START }, LATER_RELEASE).writes.length > 0);
    assert.throws(() => executeUpgrade({ get: () => undefined, range: () => [] }, { seenHeight: 0, time: START }, NEXT_RELEASE), { code: 'NOT_FOUNDED' });
  });
});
