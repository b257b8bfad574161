import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { RawBlock } from '../channel-blocks.ts';
import { BlockAssembly, BlockParts } from './block-parts.ts';

const MOST = 100;
const SIZES = [30, 250, 1, 99, 100, 101, 1_000, 7];

function chain(): { blocks: Uint8Array[]; parts: BlockParts; opened: number[] } {
  const blocks = SIZES.map((size) => new Uint8Array(randomBytes(size)));
  const opened: number[] = [];
  async function* open(from: number): AsyncGenerator<RawBlock> {
    opened.push(from);
    for (const [number, octets] of blocks.entries()) if (number >= from) yield await Promise.resolve({ number, octets });
  }
  return { blocks, parts: new BlockParts(open, MOST), opened };
}

/** Reads everything from block `from` on, as a candidate does. */
async function readAll(parts: BlockParts, from: number): Promise<{ blocks: Uint8Array[]; replies: number }> {
  const assembly = new BlockAssembly(from);
  const blocks: Uint8Array[] = [];
  for (let replies = 1; ; replies += 1) {
    const { from: number, offset } = assembly.wanted;
    const reply = await parts.read(number, offset);
    assert.ok(reply.reduce((sum, part) => sum + Buffer.from(part.octets, 'base64').length, 0) <= MOST);
    if (reply.length === 0) return { blocks, replies };
    for (const part of reply) {
      const block = assembly.take(part);
      if (block !== undefined) blocks.push(block);
    }
  }
}

describe('parts of blocks', () => {
  test('carry blocks of any size, larger than a reply too, and fill each reply', async () => {
    const { blocks, parts } = chain();
    const read = await readAll(parts, 0);
    assert.deepEqual(read.blocks, blocks);
    const octets = SIZES.reduce((sum, size) => sum + size, 0);
    assert.equal(read.replies, Math.ceil(octets / MOST) + 1);
    assert.deepEqual((await readAll(parts, 5)).blocks, blocks.slice(5));
  });

  test('of a large block are cut from what was read, not read again from the peer', async () => {
    const { parts, opened } = chain();
    await readAll(parts, 6);
    assert.deepEqual(opened.filter((from) => from === 6), [6]);
  });

  test('beyond the end of a block are refused, beyond the newest block there are none', async () => {
    const { parts } = chain();
    await assert.rejects(parts.read(0, 30), { code: 'INVALID_ARGUMENT', field: 'offset' });
    assert.deepEqual(await parts.read(SIZES.length, 0), []);
  });

  test('that were not asked for are not taken', () => {
    const part = { number: 3, offset: 0, size: 4, octets: 'AAAA' };
    for (const wrong of [{ number: 4 }, { offset: 1 }, { size: 2 }]) {
      assert.throws(() => new BlockAssembly(3).take({ ...part, ...wrong }), { code: 'UNAVAILABLE' });
    }
    assert.equal(new BlockAssembly(3).take(part), undefined);
  });
});
