import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laneCount, laneNumber, laneSuffix } from './lane.ts';

describe('lanes', () => {
  it('are one, unless the environment says otherwise', () => {
    assert.equal(laneNumber({}), 1);
    assert.equal(laneSuffix({ COLLABNET_LANE: '' }), '');
    assert.equal(laneSuffix({ COLLABNET_LANE: '3' }), '3');
    assert.equal(laneCount(2, {}), 2);
    assert.equal(laneCount(2, { COLLABNET_LANES: '1' }), 1);
  });

  it('are refused when they are no small number', () => {
    for (const given of ['0', '9', 'two', '1.5']) assert.throws(() => laneCount(2, { COLLABNET_LANES: given }), { code: 'BAD_ARGUMENT', message: /COLLABNET_LANES/ });
  });
});
