import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ruleMatches } from './peer-matches.ts';
import type { PodView, World } from './policy-types.ts';

function pod(namespace: string, name: string, address: string, ports: PodView['ports'] = []): PodView {
  return { namespace, name, labels: { app: name }, addresses: [address], ports };
}

const server = pod('one', 'server', '10.0.0.1', [{ name: 'web', containerPort: 8080 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }]);
const client = pod('one', 'client', '10.0.0.2');
const stranger = pod('two', 'client', '10.0.0.3');
const world: World = {
  pods: [server, client, stranger],
  namespaces: new Map([
    ['one', { team: 'a' }],
    ['two', { team: 'b' }],
  ]),
  policies: [],
};

describe('ruleMatches', () => {
  it('allows everything when neither peers nor ports are named', () => {
    assert.deepEqual(ruleMatches('saddr', {}, 'one', server, world), ['']);
    assert.deepEqual(ruleMatches('saddr', { peers: [], ports: [] }, 'one', server, world), ['']);
  });

  it('looks for a pod selector in the namespace of the policy only', () => {
    const peers = [{ podSelector: { matchLabels: { app: 'client' } } }];
    assert.deepEqual(ruleMatches('saddr', { peers }, 'one', server, world), ['ip saddr { 10.0.0.2 } ']);
  });

  it('takes a namespace selector alone for all pods of the namespaces', () => {
    const peers = [{ namespaceSelector: { matchLabels: { team: 'b' } } }];
    assert.deepEqual(ruleMatches('daddr', { peers }, 'one', server, world), ['ip daddr { 10.0.0.3 } ']);
  });

  it('wants both when pod and namespace selector stand in one peer', () => {
    const both = [{ namespaceSelector: { matchLabels: { team: 'b' } }, podSelector: { matchLabels: { app: 'server' } } }];
    assert.deepEqual(ruleMatches('saddr', { peers: both }, 'one', server, world), []);
  });

  it('allows nothing when the selected peers do not exist', () => {
    assert.deepEqual(ruleMatches('saddr', { peers: [{ podSelector: { matchLabels: { app: 'none' } } }] }, 'one', server, world), []);
  });

  it('cuts the exceptions out of an address block', () => {
    const peers = [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.9.0.0/16', '10.8.0.0/16'] } }];
    assert.deepEqual(ruleMatches('daddr', { peers, ports: [{ port: 443 }] }, 'one', server, world), [
      'ip daddr 10.0.0.0/8 ip daddr != { 10.8.0.0/16, 10.9.0.0/16 } tcp dport 443 ',
    ]);
  });

  it('writes numbers, ranges and bare protocols', () => {
    const ports = [{ port: 80 }, { port: 8000, endPort: 8010, protocol: 'UDP' }, { protocol: 'SCTP' }];
    assert.deepEqual(ruleMatches('saddr', { ports }, 'one', server, world), ['tcp dport 80 ', 'udp dport 8000-8010 ', 'meta l4proto sctp ']);
  });

  it('looks up a named port of an incoming rule at the target, by name and protocol', () => {
    assert.deepEqual(ruleMatches('saddr', { ports: [{ port: 'web' }] }, 'one', server, world), ['tcp dport 8080 ']);
    assert.deepEqual(ruleMatches('saddr', { ports: [{ port: 'dns' }] }, 'one', server, world), []);
    assert.deepEqual(ruleMatches('saddr', { ports: [{ port: 'dns', protocol: 'UDP' }] }, 'one', server, world), ['udp dport 53 ']);
  });

  it('looks up a named port of an outgoing rule at the peers, grouped by number', () => {
    const other = pod('one', 'other', '10.0.0.4', [{ name: 'web', containerPort: 9090 }]);
    const wider = { ...world, pods: [...world.pods, other] };
    assert.deepEqual(ruleMatches('daddr', { peers: [{ podSelector: {} }], ports: [{ port: 'web' }] }, 'one', client, wider), [
      'ip daddr { 10.0.0.1 } tcp dport 8080 ',
      'ip daddr { 10.0.0.4 } tcp dport 9090 ',
    ]);
  });
});
