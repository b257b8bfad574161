import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peersSufficient, type PeerCount } from './peers-sufficient.ts';

const CASES: [string, PeerCount, string, RegExp][] = [
  ['one for each institution', { alive: 3, wanted: undefined, organisations: 3 }, 'True', /^3 peers .* at least 3/],
  ['one institution without its peer', { alive: 2, wanted: undefined, organisations: 3 }, 'False', /^2 peers .* at least 3 .*more than half of the 3 institutions/],
  ['fewer than the spec asks for', { alive: 5, wanted: 6, organisations: 3 }, 'False', /minimumPeers/],
  ['fewer are enough where the spec says so', { alive: 2, wanted: 2, organisations: 3 }, 'True', /minimumPeers/],
  ['nobody knows', { alive: undefined, wanted: 2, organisations: 3 }, 'Unknown', /metrics/],
];
for (const [what, count, status, message] of CASES) {
  test(what, () => {
    const said = peersSufficient(count);
    assert.equal(said.status, status);
    assert.match(said.message, message);
  });
}
