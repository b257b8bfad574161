import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAsset } from '../testing.ts';
import { proxyConfig } from './proxy-config.ts';

const did = `did:collab:${'a'.repeat(32)}:bank`;
const access = {
  bindings: { demo: { networkId: 'a'.repeat(64), did, net: 'a'.repeat(16), keyId: `${did}#key-1`, publicKey: '04', credentialsFrom: 0 } },
  issuers: [],
  networks: [],
};
const idsOf = (text: string): string[] => (JSON.parse(text) as { assets: { assetId: string }[] }).assets.map(({ assetId }) => assetId);

test('a paused asset and one of a network that is not known yet are not served', () => {
  const paused = testAsset('paused', ({ spec }) => (spec.suspend = true));
  const foreign = testAsset('foreign', ({ spec }) => (spec.networkRef.name = 'other'));
  assert.deepEqual(idsOf(proxyConfig(access, [paused, testAsset(), foreign]).text), ['bank/customers']);
});

test('the disclosure rules reach the proxy, durations in milliseconds', () => {
  const asset = testAsset('a', ({ spec }) => (spec.disclosure = { minimumSetSize: 50, minimumDifference: 7, maximumTasks: { count: 3, period: '2h' } }));
  const [served] = (JSON.parse(proxyConfig(access, [asset]).text) as { assets: Record<string, unknown>[] }).assets;
  assert.deepEqual([served?.['minimumSetSize'], served?.['minimumDifference'], served?.['maximumTasks']], [50, 7, { count: 3, periodMs: 7_200_000 }]);
});

test('the revision follows the content and not the order in which assets are listed', () => {
  const one = proxyConfig(access, [testAsset('a'), testAsset('b')]);
  assert.equal(proxyConfig(access, [testAsset('b'), testAsset('a')]).revision, one.revision);
  const changed = testAsset('b', ({ spec }) => (spec.source.file.path = 'moved.csv'));
  assert.notEqual(proxyConfig(access, [testAsset('a'), changed]).revision, one.revision);
  assert.equal((JSON.parse(one.text) as { revision: string }).revision, one.revision);
});
