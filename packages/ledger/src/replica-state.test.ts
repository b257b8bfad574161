import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EmbeddedLedgerClient } from './embedded-client.ts';
import { openReplicaState } from './replica-state.ts';
import { SqliteState } from './sqlite-state.ts';
import { TestChain } from './testing/chain.ts';

const folder = mkdtempSync(join(tmpdir(), 'collabnet-replica-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function follow(chain: TestChain): Promise<{ asked: number[]; height: number }> {
  const asked: number[] = [];
  const transport = chain.transport();
  const client = new EmbeddedLedgerClient({
    networkId: chain.node.networkId,
    state: openReplicaState(folder, chain.node.networkId),
    transport: {
      ...transport,
      blocks: (from, limit) => {
        asked.push(from);
        return transport.blocks(from, limit);
      },
    },
  });
  await client.refresh();
  const { height } = client.head();
  await client.close();
  return { asked, height };
}

test('a replica goes on where the last process stopped, and from the beginning when its file is damaged', async () => {
  const chain = await TestChain.found();
  await chain.node.submit(await chain.invite('invite-one'));
  assert.deepEqual(await follow(chain), { asked: [0], height: 1 });
  await chain.node.submit(await chain.invite('invite-two'));
  assert.deepEqual(await follow(chain), { asked: [2], height: 2 });
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.db'));
  assert.match(file ?? '', new RegExp(`^${chain.node.networkId}-`));
  writeFileSync(join(folder, file ?? ''), 'no database');
  assert.deepEqual(await follow(chain), { asked: [0], height: 2 });
  await chain.node.close();
});

test('without a folder the replica is in memory', () => {
  const state = openReplicaState(undefined, 'ab'.repeat(32));
  assert.equal(state.head(), undefined);
  state.close();
});

test('a short range at the end of many keys is found without reading them', () => {
  const state = new SqliteState(':memory:');
  state.beginBlock();
  for (let index = 0; index < 50_000; index++) state.put(`a/${index}`, {});
  state.put('z/1', 1);
  state.put('z/2', 2);
  const time = (run: () => void): number => {
    const from = performance.now();
    for (let round = 0; round < 200; round++) run();
    return performance.now() - from;
  };
  assert.deepEqual(state.range('z/', { limit: 10 }).map(({ key }) => key), ['z/1', 'z/2']);
  assert.deepEqual(state.range('z/', { limit: 10, after: 'z/1' }).map(({ key }) => key), ['z/2']);
  assert.deepEqual(state.range('z/', { limit: 10, after: 'a/3' }).map(({ key }) => key), ['z/1', 'z/2']);
  const whole = time(() => state.range('a/', { limit: 5_000 }));
  assert.ok(time(() => state.range('z/', { limit: 10 })) < whole / 10);
  state.discardBlock();
  state.close();
});
