import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OrdererChannel } from '@collabnet/fabric-network';
import { nextOrdererActs, type OrdererAct, type OrdererView } from './orderer-set.ts';

const channel = (change: Partial<OrdererChannel> = {}): OrdererChannel => ({ name: 'collab', consensusRelation: 'consenter', status: 'active', height: 500, ...change });
const follower = (height = 500): OrdererChannel => channel({ consensusRelation: 'follower', height });

/** Three orderers: what each says, and whether the configuration counts it in. */
function acts(...views: [OrdererView['state'], boolean][]): string[] {
  const orderers = views.map(([state, consenter], ordinal) => ({ ordinal, name: `orderer-${ordinal}`, state, consenter }));
  return nextOrdererActs(orderers, views.filter(([, consenter]) => consenter).length).map(text);
}
const text = (each: OrdererAct): string => (each.act === 'wait' ? `wait ${each.reason}: ${each.message}` : `${each.act} ${each.ordinal}`);

describe('orderers of a founded channel', () => {
  it('need nothing while all take part, one of them away or not', () => {
    assert.deepEqual(acts([channel(), true], [channel(), true], [channel(), true]), []);
    assert.deepEqual(acts([channel(), true], ['away', true], [channel(), true]), []);
  });

  it('are joined at once and counted in one by one, when they have nearly all blocks and the others serve', () => {
    assert.deepEqual(acts([channel(), true], ['absent', false], ['absent', false]), ['join 1', 'join 2', 'wait FabricOrdererJoining: orderer-1 joins the channel']);
    assert.deepEqual(acts([channel(), true], [channel({ status: 'onboarding', consensusRelation: 'follower', height: 3 }), false], [follower(), false]), ['wait FabricOrdererJoining: orderer-1 reads the channel: 3 of 500 blocks']);
    assert.deepEqual(acts([channel(), true], [follower(300), false], [follower(), false]), ['wait FabricOrdererJoining: orderer-1 reads the channel: 300 of 500 blocks']);
    assert.deepEqual(acts([channel(), true], [follower(480), false], [follower(), false]), ['add 1']);
    assert.deepEqual(acts([channel(), true], [follower(), true], [follower(), false]), ['wait FabricOrdererJoining: orderer-2 takes part as soon as all others serve']);
    assert.deepEqual(acts([channel(), true], [channel(), true], [follower(), false]), ['add 2']);
    assert.deepEqual(acts([channel(), true], ['away', false], [follower(), false]), ['wait FabricOrdererJoining: orderer-1 joins the channel as soon as it answers']);
  });

  it('are waited for until they have seen that they take part', () => {
    assert.deepEqual(acts([channel(), true], [channel(), true], [follower(), true]), ['wait FabricOrdererJoining: orderer-2 was counted in and has to see it']);
    assert.deepEqual(acts([channel(), true], [channel(), true], [channel({ status: 'failed' }), true]), ['wait FabricOrdererFailed: orderer-2 has failed; look at its log']);
  });

  it('are counted out first when their volume is gone, if more than half serve', () => {
    assert.deepEqual(acts([channel(), true], [channel(), true], ['absent', true]), ['remove 2']);
    assert.deepEqual(acts([channel(), true], [channel(), true], ['absent', false]), ['join 2', 'wait FabricOrdererJoining: orderer-2 joins the channel']);
  });

  it('are not made anew where that would lose the channel', () => {
    for (const lost of [acts(['absent', true]), acts(['absent', true], ['away', true], [channel(), true]), acts([channel(), true], ['absent', true], [follower(), false])]) {
      assert.match(lost.join(), /^wait FabricOrdererLost: orderer-\d has lost its volume, and \d of \d orderers are left.*Restore the volume from a backup/);
    }
  });

  it('that have failed hold up their own admission and nothing else', () => {
    assert.match(acts([channel(), true], [channel({ status: 'failed' }), false], ['absent', false]).join(), /^join 2,wait FabricOrdererFailed: orderer-1/);
  });
});
