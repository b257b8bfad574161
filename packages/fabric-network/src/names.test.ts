import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkChannelName, checkMspId, formatEndpoint, parseEndpoint } from './names.ts';

describe('names', () => {
  it('takes the MSP ids that Fabric takes as names of groups', () => {
    for (const good of ['Alpha', 'a', 'hospital-a.example', '9x']) assert.equal(checkMspId(good), good);
    for (const bad of ['', '.', '..', '-a', 'a b', 'a/b', 'a_b', 'ä', 'a'.repeat(129), 'a\n']) assert.throws(() => checkMspId(bad), { code: 'MSP_ID_INVALID' }, bad);
  });

  it('takes the channel names that Fabric takes', () => {
    for (const good of ['c', 'collab-1.net']) assert.equal(checkChannelName(good), good);
    for (const bad of ['', 'Collab', '1net', 'net_1', 'a'.repeat(250)]) assert.throws(() => checkChannelName(bad), { code: 'CHANNEL_NAME_INVALID' }, bad);
  });

  it('reads and writes addresses', () => {
    assert.equal(formatEndpoint(parseEndpoint('peer.example:7051')), 'peer.example:7051');
    for (const bad of ['peer.example', ':7051', 'peer:0', 'peer:65536', 'peer:x', 'http://peer:1']) assert.throws(() => parseEndpoint(bad), { code: 'ENDPOINT_INVALID' }, bad);
  });
});
