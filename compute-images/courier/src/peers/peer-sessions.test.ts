import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peerFailed } from './peer-sessions.ts';

const PEER = { did: 'did:collab:1b01:bank-b' };

test('what a peer tells is passed on with its name, and whether a new attempt makes sense', () => {
  const failed = peerFailed(PEER, { code: 'ENGINE_FAILED', retryable: false });
  assert.deepEqual([failed.code, failed.message, failed.retryable], ['PEER_FAILED', 'did:collab:1b01:bank-b: reports ENGINE_FAILED', false]);
});

test('a pod that is taken away there is told as that', () => {
  assert.match(peerFailed(PEER, { code: 'ABORTED', retryable: true }).message, /bank-b: reports ABORTED: its pod is being stopped, or/);
});

test('a peer that ends without a reason may be asked again', () => {
  const failed = peerFailed(PEER, undefined);
  assert.deepEqual([failed.message, failed.retryable], ['did:collab:1b01:bank-b: reports a failure', true]);
});
