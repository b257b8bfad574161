import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { common } from '@hyperledger/fabric-protos';
import { foundingOf } from '../testing/founding-of.ts';
import { batchTimeoutOf, membersOf, readConfig, readConfigBlock } from './channel-config.ts';
import { setBatchTimeout } from './changes.ts';
import { computeUpdate } from './compute-update.ts';
import { genesisBlock } from './genesis.ts';

describe('configuration of a channel', () => {
  let block: common.Block;
  before(async () => {
    block = genesisBlock((await foundingOf('Alpha', 'Beta')).founding);
  });

  it('is the same out of a block and out of the state of a peer, updates included', () => {
    const ofBlock = readConfigBlock(block, 'collab');
    const ofState = readConfig(ofBlock.config.serializeBinary(), 'collab');
    assert.deepEqual([ofState.channel, ofState.sequence, batchTimeoutOf(ofState)], ['collab', ofBlock.sequence, batchTimeoutOf(ofBlock)]);
    assert.deepEqual(membersOf(ofState), membersOf(ofBlock));
    assert.deepEqual(computeUpdate(ofState, setBatchTimeout(7)), computeUpdate(ofBlock, setBatchTimeout(7)));
  });

  it('is refused when the block is another channel\'s, or there is none in it', () => {
    assert.throws(() => readConfigBlock(block, 'other'), { code: 'WRONG_CHANNEL' });
    assert.throws(() => readConfigBlock(new common.Block()), { code: 'CONFIG_INVALID' });
    assert.throws(() => readConfig(new Uint8Array(), 'collab'), { code: 'CONFIG_INVALID', message: /holds no channel configuration/ });
    assert.throws(() => readConfig(Buffer.from([255]), 'collab'), { code: 'CONFIG_INVALID', message: /cannot be read/ });
  });
});
