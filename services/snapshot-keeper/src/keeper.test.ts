import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createMetrics, PREFIX } from '@collabnet/telemetry';
import { loadConfig } from './config.ts';
import { Keeper } from './keeper.ts';
import { showView } from './show-view.ts';

describe('keeper of snapshots', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'collabnet-snapshots-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** As a peer writes it. */
  const add = (channel: string, block: number, state = `state ${block}`): string => {
    const folder = join(root, 'completed', channel, String(block));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'public_state.data'), state);
    const hash = createHash('sha256').update(state).digest('hex');
    writeFileSync(join(folder, '_snapshot_signable_metadata.json'), JSON.stringify({ channel_name: channel, last_block_number: block, snapshot_files_raw_hashes: { 'public_state.data': hash } }));
    return folder;
  };
  const blocks = (channel: string): number[] => readdirSync(join(root, 'completed', channel)).map(Number).sort((a, b) => a - b);

  it('finds none where there are none yet', async () => {
    const { volume, ...found } = await new Keeper(root, 2).look();
    assert.deepEqual(found, { intact: [], damaged: [] });
    assert.ok(volume.available > 0 && volume.available < volume.size, JSON.stringify(volume));
    await assert.rejects(new Keeper(join(root, 'unmounted'), 2).look(), { code: 'ENOENT' });
  });

  it('keeps the newest by number, for each channel', async () => {
    for (const block of [9, 10, 100]) add('one', block);
    add('two', 5);
    const { intact } = await new Keeper(root, 2).look();
    assert.deepEqual(intact.map(({ channel, block }) => [channel, block]), [['two', 5], ['one', 10], ['one', 100]]);
    assert.deepEqual(blocks('one'), [10, 100]);
    assert.ok(intact.every(({ bytes, time }) => bytes > 100 && Math.abs(Date.now() - time) < 60_000));
  });

  it('leaves alone what the peer is writing', async () => {
    add('one', 1);
    mkdirSync(join(root, 'temp', 'one2'), { recursive: true });
    mkdirSync(join(root, 'completed', 'one', 'not-a-block'));
    await new Keeper(root, 1).look();
    assert.deepEqual(readdirSync(join(root, 'temp')), ['one2']);
    assert.deepEqual(readdirSync(join(root, 'completed', 'one')).sort(), ['1', 'not-a-block']);
  });

  it('does not count a damaged one, so that an intact one is not deleted for it', async () => {
    for (const block of [1, 2]) add('one', block);
    writeFileSync(join(add('one', 3), 'public_state.data'), 'state 4');
    rmSync(join(add('one', 4), 'public_state.data'));
    const { intact, damaged } = await new Keeper(root, 2).look();
    assert.deepEqual(intact.map(({ block }) => block), [1, 2]);
    assert.deepEqual(damaged.map(({ snapshot }) => snapshot.block), [3, 4]);
    assert.match(damaged[0]?.damage ?? '', /public_state.data has another hash/);
    assert.deepEqual(blocks('one'), [1, 2, 3, 4]);
  });

  it('shows what it found as metrics', async () => {
    add('one', 7);
    writeFileSync(join(add('one', 8), 'public_state.data'), 'other');
    const keeper = new Keeper(root, 2);
    let view = await keeper.look();
    const metrics = createMetrics(PREFIX.snapshots);
    showView(metrics, () => view);
    const shown = async (name: string): Promise<string | undefined> => (await metrics.registry.metrics()).split('\n').find((line) => line.startsWith(`collabnet_fabric_snapshots_${name} `))?.split(' ')[1];
    assert.deepEqual([await shown('complete'), await shown('damaged'), await shown('last_block')], ['1', '1', '7']);
    assert.equal(await shown('volume_available_bytes'), String(view.volume.available));
    add('one', 9);
    view = await keeper.look();
    assert.deepEqual([await shown('complete'), await shown('last_block')], ['2', '9']);
  });

  it('names the setting that is missing or wrong', () => {
    assert.throws(() => loadConfig({ KEEP: '3' }), /SNAPSHOTS_DIR/);
    assert.throws(() => loadConfig({ SNAPSHOTS_DIR: '/x', KEEP: '0' }), /KEEP/);
    assert.deepEqual(loadConfig({ SNAPSHOTS_DIR: '/x', KEEP: '3' }), { folder: '/x', keep: 3, lookMs: 10_000, healthPort: 8083 });
  });
});
