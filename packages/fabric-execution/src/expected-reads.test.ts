import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keys } from '@collabnet/contracts';
import { TestNetwork } from '@collabnet/contracts/testing';
import { canonicalJson, type SignedTransaction } from '@collabnet/envelope';
import { expectedReads } from './expected-reads.ts';
import { StampedDriver } from './testing/stamped-driver.ts';

test('what is fetched ahead is named; that it is read, every suite over StampedDriver checks', async () => {
  const net = await TestNetwork.found((payload, sign) => new StampedDriver(payload, sign(canonicalJson(payload))));
  const { founder } = net;
  const tx = await net.sign(founder, 'catalogue', 'publish', net.assetOf(founder));
  const expected = expectedReads(tx);
  assert.deepEqual(expected.filter((key) => !key.startsWith('tx/')), [keys.network, keys.did(founder.did), keys.rights, keys.member(founder.did)]);
  assert.equal(expected.length, 5);
  const person = await net.signConsent(founder.manager, 'Membership', { id: 'ab'.repeat(32), digest: 'ab'.repeat(32) });
  assert.ok(!expectedReads(person).includes(keys.member(founder.manager.did)));
});

test('nothing is fetched for who sends what is no transaction', async () => {
  const net = await TestNetwork.found((payload, sign) => new StampedDriver(payload, sign(canonicalJson(payload))));
  const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder));
  const named = (id: string): SignedTransaction => ({ ...tx, payload: { ...tx.payload, principal: { ...tx.payload.principal, id } } });
  // A lone surrogate would end the stream between chaincode and peer.
  for (const bad of [{}, { payload: null }, named('\ud800'), named('a b'), named('a'.repeat(600))]) assert.deepEqual(expectedReads(bad as SignedTransaction), []);
});
