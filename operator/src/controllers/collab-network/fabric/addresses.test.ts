import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CollabNetwork } from '@collabnet/crds';
import { serviceAddresses } from './addresses.ts';
import { nodeConfiguration } from './node-config.ts';
import type { NodeKey } from './node-plan.ts';
import { testNode } from './testing.ts';

const addresses = serviceAddresses('bank-a', { ports: [7050, 7051] });

function peerOf(ledger: object): NodeKey {
  return { network: { metadata: { name: 'demo' }, spec: { ledger } } as CollabNetwork, role: 'peer', ordinal: 0 };
}

describe('addresses of nodes', () => {
  it('are those of their Services, for everybody in this cluster', () => {
    const key = peerOf({ driver: 'fabric' });
    assert.deepEqual(addresses.node(key), { host: 'fabric-demo-peer-0.bank-a.svc', port: 7051 });
    assert.deepEqual(addresses.advertised(key), addresses.node(key));
  });

  it('have a name of their own for other clusters, told apart by it behind one port, and the own parts keep the Services', () => {
    const key = peerOf({ driver: 'fabric', fabric: { orderers: 1, external: { domain: 'ledger.bank-a.example', port: 443 } } });
    assert.deepEqual(addresses.node(key), { host: 'fabric-demo-peer-0.bank-a.svc', port: 7051 });
    assert.deepEqual(addresses.advertised(key), { host: 'fabric-demo-peer-0.ledger.bank-a.example', port: 443 });
  });

  it('are told to others by the peer, which itself finds the orderers of its institution by their Services', () => {
    const orderer = { from: { host: 'fabric-demo-orderer-0.ledger.bank-a.example', port: 443 }, to: { host: 'fabric-demo-orderer-0.bank-a.svc', port: 7050 } };
    const plan = testNode('peer', { advertised: { host: 'fabric-demo-peer-0.ledger.bank-a.example', port: 443 }, ordererOverrides: [orderer] });
    const { peer } = JSON.parse(nodeConfiguration(plan).content) as { peer: { gossip: { endpoint: string; externalEndpoint: string }; deliveryclient: { addressOverrides: object[] } } };
    assert.equal(peer.gossip.endpoint, 'fabric-demo-peer-0.bank.svc:7443');
    assert.equal(peer.gossip.externalEndpoint, 'fabric-demo-peer-0.ledger.bank-a.example:443');
    assert.deepEqual(peer.deliveryclient.addressOverrides, [
      { from: 'fabric-demo-orderer-0.ledger.bank-a.example:443', to: 'fabric-demo-orderer-0.bank-a.svc:7050', caCertsFile: '/etc/fabric-tls/ca.crt' },
    ]);
  });
});
