import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '@collabnet/envelope';
import { contractsInForce, CURRENT_RELEASE, isOlderVersion, keys, OverlayState, releasesOf, upgrade, upgradeDigest, type ContractsRelease, type StateWrite } from '../index.ts';
import { LATER_RELEASE, MemoryDriver, NEXT_RELEASE, START, TestNetwork } from '../testing/index.ts';

async function founded(): Promise<{ net: TestNetwork; driver: MemoryDriver; to: (release: ContractsRelease) => StateWrite[] }> {
  const net = await TestNetwork.found((payload) => new MemoryDriver(payload));
  const driver = net.driver as MemoryDriver;
  let height = 1_000;
  const to = (release: ContractsRelease): StateWrite[] => {
    const overlay = new OverlayState(driver.state);
    upgrade(overlay, { networkId: net.id, height: (height += 1), time: START }, release);
    driver.state.apply(height, overlay.writes());
    return overlay.writes();
  };
  return { net, driver, to };
}

describe('an upgrade of the contracts', () => {
  test('changes the records of the version before, once, and says so under its own key', async () => {
    const { net, driver, to } = await founded();
    await net.publish(net.founder);
    const asset = keys.asset('bank-a/customers');
    const before = driver.state.get(asset) as JsonObject;
    to(NEXT_RELEASE);
    assert.deepEqual(driver.state.get(asset), { ...before, steward: net.founder.did });
    assert.equal(contractsInForce(driver.state), '1.2.0');
    assert.deepEqual(driver.state.get(keys.upgrade('1.2.0')), { schema: 'collabnet.dev/upgrade/v1', rules: '1.2.0', version: '1.2.0', from: CURRENT_RELEASE.version, height: 1_001, time: START });
    assert.deepEqual(to(NEXT_RELEASE), []);
  });

  test('goes back by a new version only', async () => {
    const { net, driver, to } = await founded();
    await net.publish(net.founder);
    const asset = keys.asset('bank-a/customers');
    const before = driver.state.get(asset);
    to(NEXT_RELEASE);
    assert.throws(() => to(CURRENT_RELEASE), { code: 'CONFLICT', field: 'contracts' });
    to(LATER_RELEASE);
    assert.deepEqual(driver.state.get(asset), before);
    assert.throws(() => to(NEXT_RELEASE), { code: 'CONFLICT' });
  });

  test('that skips a version runs the migrations of both', async () => {
    const { net, driver, to } = await founded();
    await net.publish(net.founder);
    const seen: string[] = [];
    const told = LATER_RELEASE.migrations.map((each) => ({ ...each, run: (): unknown => seen.push(each.to) })) as unknown as ContractsRelease['migrations'];
    to({ ...LATER_RELEASE, migrations: told });
    assert.deepEqual(seen, ['1.2.0', '1.3.0']);
    assert.equal((driver.state.get(keys.upgrade('1.3.0')) as JsonObject)['from'], '1.1.0');
  });

  test('has one name in each network', () => {
    assert.notEqual(upgradeDigest('ab', '1.2.0'), upgradeDigest('cd', '1.2.0'));
    assert.notEqual(upgradeDigest('ab', '1.2.0'), upgradeDigest('ab', '1.3.0'));
  });
});

test('versions are ordered by their numbers; what is no version is older than nothing', () => {
  for (const [version, than] of [['1.0.0', '1.0.1'], ['1.9.0', '1.10.0'], ['1.99.99', '2.0.0']] as const) {
    assert.ok(isOlderVersion(version, than));
    assert.ok(!isOlderVersion(than, version));
  }
  for (const odd of ['', '1', '1.0', '01.0.0', '1.0.0-rc.1', '1.0.0 ']) assert.ok(!isOlderVersion(odd, '9.0.0') && !isOlderVersion('0.0.0', odd), odd);
  assert.ok(!isOlderVersion('1.0.0', '1.0.0'));
});

test('a build says which versions it can run', () => {
  const releases = releasesOf(NEXT_RELEASE, CURRENT_RELEASE);
  assert.equal(releases.newest, NEXT_RELEASE);
  assert.deepEqual([releases.of('1.1.0'), releases.of('1.3.0')], [CURRENT_RELEASE, undefined]);
});
