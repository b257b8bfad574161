import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundingOf } from '../testing/founding-of.ts';
import { blockFromText, blockToText } from './block-text.ts';
import { genesisBlock } from './genesis.ts';

test('a block comes back from text octet for octet; what is none is refused', async () => {
  const { founding } = await foundingOf('Alpha');
  const block = genesisBlock(founding);
  assert.deepEqual(blockFromText(blockToText(block)).serializeBinary(), block.serializeBinary());
  for (const text of ['', 'AAAA', Buffer.from('no block').toString('base64')]) assert.throws(() => blockFromText(text, 'genesis.block'), { code: 'CONFIG_INVALID', field: 'genesis.block' });
});
