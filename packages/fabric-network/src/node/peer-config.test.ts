import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerConfig } from './peer-config.ts';

test('a peer sends no keepalive messages to chaincode: fabric-shim for Node.js exits when it gets one', () => {
  const endpoint = { host: 'peer.example', port: 7051 };
  const config = peerConfig({ mspId: 'Bank', id: 'peer', paths: { msp: '/msp', tls: '/tls', data: '/data' }, listen: endpoint, address: endpoint, operations: endpoint, chaincodeBuilder: '/builder' });
  assert.equal((config as { chaincode: { keepalive: number } }).chaincode.keepalive, 0);
});
