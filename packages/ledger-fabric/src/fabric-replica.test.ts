import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AssetRecord } from '@collabnet/contracts';
import { START } from '@collabnet/contracts/testing';
import { SqliteState } from '@collabnet/ledger';
import type { BlockTransaction } from './fabric-block.ts';
import { FabricReplica } from './fabric-replica.ts';
import { policyMetadata } from './key-metadata.ts';
import type { FabricState, StoredFabricBlock } from './stored-block.ts';
import { BlockBuilder, CHAINCODE } from './testing/block-builder.ts';

const CONFIGURATION: BlockTransaction = { txId: '', code: 'VALID' };

interface Setup {
  readonly chain: BlockBuilder;
  readonly state: FabricState;
  readonly replica: FabricReplica;
}

/** A replica that has read the channel's configuration and the genesis. */
async function founded(): Promise<Setup> {
  const chain = await BlockBuilder.make();
  const state = new SqliteState<StoredFabricBlock>(':memory:');
  const replica = new FabricReplica(chain.net.id, CHAINCODE, state);
  replica.apply(chain.block(CONFIGURATION));
  replica.apply(chain.block(chain.founding()));
  return { chain, state, replica };
}

type Call = NonNullable<BlockTransaction['call']>;

function changed(tx: BlockTransaction, change: (call: Call) => Partial<Call>): BlockTransaction {
  if (tx.call === undefined) throw new TypeError('no call');
  return { ...tx, call: { ...tx.call, ...change(tx.call) } };
}

const writesOf = ({ writes }: Call): { key: string; text?: string }[] => [...(writes.get(CHAINCODE) ?? [])];

describe('a replica of a channel', () => {
  test('counts blocks with transactions of the contracts only, and goes on from where it stands', async () => {
    const { chain, state, replica } = await founded();
    assert.deepEqual([replica.head()?.height, replica.head()?.time, replica.next], [0, START, 2]);
    replica.apply(chain.block(CONFIGURATION));
    replica.apply(chain.block(chain.ping()));
    const events = replica.apply(chain.block(await chain.publication('one'), await chain.publication('two')));
    assert.deepEqual(events?.map(({ subject, height, index }) => [subject, height, index]), [['bank-a/one', 1, 0], ['bank-a/two', 1, 1]]);
    assert.equal((replica.evaluate('catalogue', 'get', { assetId: 'bank-a/two' }, 0) as unknown as AssetRecord).version, 1);
    const again = new FabricReplica(chain.net.id, CHAINCODE, state);
    assert.deepEqual([again.head(), again.next], [replica.head(), 5]);
    again.apply(chain.block(await chain.publication('three')));
    assert.equal(again.head()?.height, 2);
    assert.throws(() => new FabricReplica('0'.repeat(64), CHAINCODE, state), { code: 'STORE_FAILED' });
  });

  test('does not look at what the peer found invalid', async () => {
    const { chain, replica } = await founded();
    const conflicting = { ...(await chain.publication('lost', { keep: false })), code: 'MVCC_READ_CONFLICT' };
    assert.equal(replica.apply(chain.block(conflicting)), undefined);
    assert.throws(() => replica.evaluate('catalogue', 'get', { assetId: 'bank-a/lost' }, 0), { code: 'NOT_FOUND' });
  });

  test('its height is never below one that a record names', async () => {
    const { chain, replica } = await founded();
    replica.apply(chain.block(await chain.publication('far', { seenHeight: 1_000 })));
    assert.equal(replica.head()?.height, 1_001);
    replica.apply(chain.block(await chain.publication('near')));
    assert.equal(replica.head()?.height, 1_002);
  });

  const lies: Record<string, (tx: BlockTransaction) => BlockTransaction> = {
    'another value': (tx) => changed(tx, (call) => ({ writes: new Map([[CHAINCODE, writesOf(call).map(({ key, text }) => ({ key, text: text?.replace('made for tests', 'altered') }))]]) })),
    'one value more': (tx) => changed(tx, (call) => ({ writes: new Map([[CHAINCODE, [...writesOf(call), { key: 'rights', text: '{}' }]]]) })),
    'one value less': (tx) => changed(tx, (call) => ({ writes: new Map([[CHAINCODE, writesOf(call).slice(1)]]) })),
    'a deletion instead': (tx) => changed(tx, (call) => ({ writes: new Map([[CHAINCODE, writesOf(call).map(({ key }) => ({ key }))]]) })),
    'another answer': (tx) => changed(tx, ({ answer }) => ({ answer: answer.replace('"height":1', '"height":2') })),
    'another time': (tx) => changed(tx, ({ time }) => ({ time: time + 1 })),
    'another seen height': (tx) => changed(tx, ({ args }) => ({ args: args.map((each, n) => (n === 2 ? '7' : each)) })),
    'another signature': (tx) => changed(tx, ({ args }) => ({ args: args.map((each, n) => (n === 3 ? each.replace(/"signature":"../, '"signature":"AA') : each)) })),
    'no arguments': (tx) => changed(tx, ({ args }) => ({ args: args.slice(0, 2) })),
    'writes by another chaincode': (tx) => changed(tx, () => ({ chaincode: 'other' })),
    'private data beside the records': (tx) => changed(tx, () => ({ otherChanges: [CHAINCODE] })),
    'an endorsement policy for a record': (tx) => changed(tx, () => ({ metadata: new Map([[CHAINCODE, [policyMetadata({ key: 'rights', mspId: 'Alpha' })]]]) })),
  };
  for (const [name, lie] of Object.entries(lies)) {
    test(`stops at a block with ${name}, and keeps nothing of it`, async () => {
      const { chain, replica } = await founded();
      const before = replica.head();
      const honest = await chain.publication('one');
      assert.throws(() => replica.apply(chain.block(lie(honest))), { code: 'BLOCK_INVALID' });
      assert.deepEqual([replica.head(), replica.next], [before, 2]);
      assert.throws(() => replica.evaluate('catalogue', 'get', { assetId: 'bank-a/one' }, 0), { code: 'NOT_FOUND' });
    });
  }

  test('stops where a block does not continue the one before, or is left out', async () => {
    const { chain, replica } = await founded();
    const next = chain.block(await chain.publication('one'));
    assert.throws(() => replica.apply({ ...next, previous: '00'.repeat(32) }), { code: 'BLOCK_INVALID', message: /continue/ });
    assert.throws(() => replica.apply({ ...next, number: 3 }), { code: 'BLOCK_INVALID', message: /expected/ });
    replica.apply(next);
    assert.throws(() => replica.apply(next), { code: 'BLOCK_INVALID' });
  });

  test('takes only the genesis that its network id names, and only once', async () => {
    const [chain, foreign] = [await BlockBuilder.make(), await BlockBuilder.make()];
    const replica = new FabricReplica(chain.net.id, CHAINCODE, new SqliteState<StoredFabricBlock>(':memory:'));
    assert.throws(() => replica.apply(chain.block(foreign.founding())), { code: 'BLOCK_INVALID', message: /network id/ });
    const { chain: other, replica: known } = await founded();
    assert.throws(() => known.apply(other.block(other.founding())), { code: 'BLOCK_INVALID', message: /genesis/ });
  });
});
