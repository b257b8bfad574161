import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WaitError } from '../../../runtime/index.ts';
import { furthestPeer } from './furthest-peer.ts';
import type { PeerLook } from './look-at-peers.ts';
import type { NodeKey } from './node-plan.ts';

const peer = (ordinal: number, said: Omit<PeerLook, 'key'> = {}): PeerLook => ({ key: { role: 'peer', ordinal } as NodeKey, ...said });
const away = { hindrance: new WaitError('FabricNodeUnavailable', 'gone', 1) };

const CASES: [string, PeerLook[], number][] = [
  ['both are there: the first', [peer(0, { height: 40 }), peer(1, { height: 42 })], 0],
  ['the first is away', [peer(0, away), peer(1, { height: 42 })], 1],
  ['the first has lost its volume', [peer(0), peer(1, { height: 42 })], 1],
  ['the first is catching up', [peer(0, { height: 12 }), peer(1, { height: 42 })], 1],
  ['the first does not know this institution yet', [peer(0, { height: 0 }), peer(1, { height: 42 })], 1],
  ['none has the channel: the first, though the second answers', [peer(0, away), peer(1)], 0],
];
for (const [what, looks, ordinal] of CASES) {
  test(what, () => assert.equal(furthestPeer(looks)?.key.ordinal, ordinal));
}
