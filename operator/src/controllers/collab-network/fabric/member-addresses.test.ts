import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { apiServerAddresses, memberAddresses } from './member-addresses.ts';

const rule = memberAddresses({ ports: [7050, 7051], denied: ['10.96.0.1', 'kubernetes.default'] });

test('only the ports of peers are connected to', () => {
  for (const port of [7050, 7051]) assert.equal(rule.problemOf({ host: 'peer.bank.example', port }), undefined);
  for (const port of [22, 443, 2379, 6443, 10_250]) assert.match(rule.problemOf({ host: 'peer.bank.example', port }) ?? '', new RegExp(`port ${port} is not one of networkPolicy.fabric.ports.*7050, 7051`));
});

test('loopback, link-local, metadata, groups and the API server are no peers, in any spelling', async () => {
  const denied = ['127.0.0.1', '127.8.8.8', '0.0.0.0', '169.254.169.254', '100.100.100.200', '192.0.0.192', '10.96.0.1', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00:ec2::254', 'ff02::1', '::ffff:127.0.0.1', '::ffff:169.254.169.254', '::ffff:a60:1'];
  for (const host of denied) assert.match(rule.problemOf({ host, port: 7051 }) ?? '', /is no address of a peer/, host);
  for (const host of ['10.96.0.2', '192.168.1.1', '203.0.113.9', 'fd12::1', '2001:db8::1']) assert.equal(rule.problemOf({ host, port: 7051 }), undefined, host);
  // Spellings that are no IP literals until they are resolved.
  for (const host of ['localhost', '127.1', '2130706433', '0x7f.1']) await assert.rejects(resolved(host), /is no address of a peer/, host);
});

test('a name is resolved to what is then connected to', async () => {
  const [found] = await resolved('10.1');
  assert.deepEqual(found, { address: '10.0.0.1', family: 4 });
  await assert.rejects(resolved('nowhere.invalid'), { code: /ENOTFOUND|EAI_AGAIN/ });
});

test('the API server is known by its Service and by single addresses in the Helm values', () => {
  assert.deepEqual(apiServerAddresses(['0.0.0.0/0', '192.168.7.0/24', '192.168.7.9/32', 'fd00::9/128'], '10.96.0.1'), ['192.168.7.9', 'fd00::9', '10.96.0.1']);
  assert.deepEqual(apiServerAddresses(['0.0.0.0/0'], undefined), []);
});

function resolved(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => rule.lookup(host, { all: true }, (error, found) => (error === null ? resolve(found as LookupAddress[]) : reject(error))));
}
