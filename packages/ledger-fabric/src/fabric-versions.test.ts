import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CURRENT_RELEASE, RELEASES, releasesOf, type AssetRecord, type ContractsReleases } from '@collabnet/contracts';
import { LATER_RELEASE, NEXT_RELEASE } from '@collabnet/contracts/testing';
import { canonicalJson } from '@collabnet/envelope';
import { SqliteState } from '@collabnet/ledger';
import type { BlockTransaction, FabricBlock } from './fabric-block.ts';
import { FabricReplica } from './fabric-replica.ts';
import type { StoredFabricBlock } from './stored-block.ts';
import { BlockBuilder, CHAINCODE } from './testing/block-builder.ts';

/** Builds that can run some versions. */
const [BOTH, NEW, LATER] = [releasesOf(NEXT_RELEASE, CURRENT_RELEASE), releasesOf(NEXT_RELEASE), releasesOf(LATER_RELEASE)];

type Asset = AssetRecord & { steward?: string };
type Call = NonNullable<BlockTransaction['call']>;

interface History {
  readonly chain: BlockBuilder;
  /** Genesis, a publication, the upgrade, a publication. */
  readonly blocks: readonly FabricBlock[];
}

async function history(): Promise<History> {
  const chain = await BlockBuilder.make();
  const blocks = [chain.block(chain.founding()), chain.block(await chain.publication('old')), chain.block(chain.upgrade(NEXT_RELEASE)), chain.block(await chain.publication('new'))];
  return { chain, blocks };
}

function read({ chain, blocks }: History, releases: ContractsReleases, state = new SqliteState<StoredFabricBlock>(':memory:')): FabricReplica {
  const replica = new FabricReplica(chain.net.id, CHAINCODE, state, releases);
  for (const block of blocks.slice(replica.next)) replica.apply(block);
  return replica;
}

const asset = (replica: FabricReplica, name: string): Asset => replica.evaluate('catalogue', 'get', { assetId: `bank-a/${name}` }, 0) as unknown as Asset;

describe('a replica of a channel with two versions of the contracts', () => {
  test('runs all again where its build has both, migration included', async () => {
    const all = await history();
    const replica = read(all, BOTH);
    assert.equal(replica.head()?.takenUpTo, undefined);
    assert.deepEqual([replica.contracts, asset(replica, 'old').steward, asset(replica, 'new').steward], ['1.2.0', all.chain.net.founder.did, 'appointed']);
    const [first] = replica.state.blocks(2, 1);
    assert.deepEqual(first?.events.map(({ type, subject, data }) => [type, subject, data]), [['contracts.upgraded', '1.2.0', { from: '1.1.0' }]]);
  });

  test('takes what it cannot run from the endorsers, says up to where, and comes to the same state', async () => {
    const all = await history();
    const [full, partial] = [read(all, BOTH), read(all, NEW)];
    assert.equal(partial.head()?.takenUpTo, 1);
    assert.deepEqual({ ...partial.head(), takenUpTo: undefined }, { ...full.head(), takenUpTo: undefined });
    assert.equal(read({ ...all, blocks: all.blocks.slice(0, 2) }, NEW).release, undefined);
    assert.equal(read(all, LATER).head()?.takenUpTo, 3, 'a build with neither');
    const { digest } = full.evaluate('catalogue', 'get', { assetId: 'bank-a/old' }, 0) as { digest: string };
    assert.equal((partial.evaluate('catalogue', 'get', { assetId: 'bank-a/old' }, 0) as { digest: string }).digest, digest);
  });

  test('goes on from what the build before has kept', async () => {
    const all = await history();
    const state = new SqliteState<StoredFabricBlock>(':memory:');
    assert.throws(() => read(all, RELEASES, state), { code: 'CONTRACTS_MISMATCH', message: /1\.2\.0.*Upgrade/ });
    const replica = read(all, NEW, state);
    assert.deepEqual([replica.head()?.height, replica.head()?.takenUpTo, replica.contracts], [3, undefined, '1.2.0']);
  });

  test('of an earlier build stops at the later version, and can be read up to there', async () => {
    const all = await history();
    const replica = read({ ...all, blocks: all.blocks.slice(0, 2) }, RELEASES);
    assert.throws(() => replica.apply(all.blocks[2] as FabricBlock), { code: 'CONTRACTS_MISMATCH' });
    assert.equal(replica.head()?.height, 1);
    assert.equal(asset(replica, 'old').steward, undefined);
    // Whatever later versions make of their arguments.
    const strange = all.chain.block({ ...(await all.chain.publication('odd')), call: { ...(all.blocks[3]?.transactions[0]?.call as Call), args: ['submit', '7.0.0', 'x'] } });
    assert.throws(() => replica.apply({ ...strange, number: 2, previous: replica.head()?.hash ?? '' }), { code: 'CONTRACTS_MISMATCH' });
  });

  test('goes back by a version of its own', async () => {
    const { chain, blocks } = await history();
    const replica = read({ chain, blocks: [...blocks, chain.block(chain.upgrade(LATER_RELEASE)), chain.block(await chain.publication('last'))] }, releasesOf(LATER_RELEASE, NEXT_RELEASE, CURRENT_RELEASE));
    assert.deepEqual(['old', 'new', 'last'].map((name) => asset(replica, name).steward), [undefined, undefined, undefined]);
    assert.equal(replica.contracts, '1.3.0');
  });

  test('stops where endorsers run a version that is no longer in force', async () => {
    const { chain, blocks } = await history();
    for (const releases of [BOTH, NEW]) {
      const replica = read({ chain, blocks: blocks.slice(0, 3) }, releases);
      const late = { ...(blocks[1] as FabricBlock), number: 3, previous: blocks[2]?.hash ?? '' };
      assert.throws(() => replica.apply(late), { code: 'BLOCK_INVALID' });
    }
  });

  test('does not take a genesis under a version that it does not name', async () => {
    const { chain, blocks } = await history();
    const [honest] = (blocks[0] as FabricBlock).transactions;
    const call = honest?.call as Call;
    const lying = { ...(honest as BlockTransaction), call: { ...call, args: call.args.map((each, n) => (n === 1 ? '0.9.0' : each)), answer: call.answer.replace('1.1.0', '0.9.0') } };
    const replica = new FabricReplica(chain.net.id, CHAINCODE, new SqliteState<StoredFabricBlock>(':memory:'));
    assert.throws(() => replica.apply({ ...(blocks[0] as FabricBlock), transactions: [lying] }), { code: 'BLOCK_INVALID', message: /other contracts/ });
  });

  const writesOf = ({ writes }: Call): { key: string; text?: string }[] => [...(writes.get(CHAINCODE) ?? [])];
  const lies: Record<string, (call: Call) => Partial<Call>> = {
    'another signature': ({ args }) => ({ args: args.map((each, n) => (n === 3 ? each.replace(/"signature":"../, '"signature":"AA') : each)) }),
    'another transaction under the answer': ({ answer }) => ({ answer: answer.replace(/"digest":"../, '"digest":"00') }),
    'values of another height': (call) => ({ writes: new Map([[CHAINCODE, writesOf(call).map(({ key, text }) => ({ key, text: text?.replace('"height":1,', '"height":2,') }))]]) }),
    'no mark of the transaction': (call) => ({ writes: new Map([[CHAINCODE, writesOf(call).filter(({ key }) => !key.startsWith('tx/'))]]) }),
    'a time before its proposal': ({ time }) => ({ time: time + 1 }),
    'the answer of another version': ({ answer }) => ({ answer: answer.replace('1.1.0', '1.2.0') }),
    'another version in the network record': (call) => ({ writes: new Map([[CHAINCODE, [...writesOf(call), { key: 'network', text: canonicalJson({ height: 1, time: call.time, value: { rules: '1.0.1' } }) }]]]) }),
  };
  for (const [name, lie] of Object.entries(lies)) {
    test(`does not take ${name}`, async () => {
      const { chain, blocks } = await history();
      const replica = read({ chain, blocks: blocks.slice(0, 1) }, NEW);
      const [honest] = (blocks[1] as FabricBlock).transactions;
      const call = honest?.call as Call;
      const lying = { ...(honest as BlockTransaction), call: { ...call, ...lie(call) } };
      assert.throws(() => replica.apply({ ...(blocks[1] as FabricBlock), transactions: [lying] }), { code: 'BLOCK_INVALID' });
      replica.apply(blocks[1] as FabricBlock);
      assert.equal(replica.head()?.takenUpTo, 1);
      assert.throws(() => replica.apply({ ...(blocks[1] as FabricBlock), number: 2, previous: blocks[1]?.hash ?? '' }), { code: 'BLOCK_INVALID', message: /already|REPLAYED|is on the ledger/ });
    });
  }
});
