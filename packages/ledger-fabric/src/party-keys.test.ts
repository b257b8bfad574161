import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CURRENT_RELEASE, keys, releasesOf } from '@collabnet/contracts';
import { partyKey } from '@collabnet/fabric-execution';
import { SqliteState } from '@collabnet/ledger';
import { assertNotAhead } from './clock-check.ts';
import type { BlockTransaction } from './fabric-block.ts';
import { FabricReplica } from './fabric-replica.ts';
import { policyMetadata } from './key-metadata.ts';
import type { StoredFabricBlock } from './stored-block.ts';
import { BlockBuilder, CHAINCODE } from './testing/block-builder.ts';

const NEVER = Date.parse('2100-01-01');
type Call = NonNullable<BlockTransaction['call']>;

async function founded(): Promise<{ chain: BlockBuilder; replica: FabricReplica; key: string }> {
  const chain = await BlockBuilder.make('fabric');
  const replica = new FabricReplica(chain.net.id, CHAINCODE, new SqliteState<StoredFabricBlock>(':memory:'));
  replica.apply(chain.block(chain.founding()));
  return { chain, replica, key: partyKey(chain.net.founder.did) };
}

function changed(tx: BlockTransaction, change: (call: Call) => Partial<Call>): BlockTransaction {
  const call = tx.call as Call;
  return { ...tx, call: { ...call, ...change(call) } };
}

const writesOf = ({ writes }: Call): { key: string; text?: string }[] => [...(writes.get(CHAINCODE) ?? [])];

describe('a replica and the keys of parties', () => {
  test('demands the policy that a key gets with its member', async () => {
    const { chain } = await founded();
    const other = (metadata: Call['metadata']): void => {
      const replica = new FabricReplica(chain.net.id, CHAINCODE, new SqliteState<StoredFabricBlock>(':memory:'));
      const block = { ...chain.block(), number: 0, previous: '', transactions: [changed(chain.founding(), () => ({ metadata }))] };
      assert.throws(() => replica.apply(block), { code: 'BLOCK_INVALID', message: /endorsement policies/ });
    };
    other(new Map());
    other(new Map([[CHAINCODE, [policyMetadata({ key: partyKey(chain.net.founder.did), mspId: 'bank-x' })]]]));
  });

  test('demands that the key of a party is written by what needs it', async () => {
    const { chain, replica, key } = await founded();
    const honest = await chain.publication('one', { keep: false });
    assert.ok(writesOf(honest.call as Call).some((write) => write.key === key));
    const past = changed(honest, (call) => ({ writes: new Map([[CHAINCODE, writesOf(call).filter((write) => write.key !== key)]]) }));
    assert.throws(() => replica.apply({ ...chain.block(past), number: 1 }), { code: 'BLOCK_INVALID', message: /party\/.*altered rules/ });
    replica.apply({ ...chain.block(honest), number: 1, previous: replica.last?.hash ?? '' });
  });

  test('passes over what one organisation can write without the others, whatever it is', async () => {
    const { chain, replica, key } = await founded();
    const { stateRoot } = replica.head() ?? {};
    const alone: Partial<Call>[] = [
      { writes: new Map([[CHAINCODE, [{ key, text: 'garbage' }]]]) },
      { writes: new Map([[CHAINCODE, [{ key }]]]), metadata: new Map([[CHAINCODE, [{ key, text: 'garbage' }]]]) },
      { writes: new Map(), metadata: new Map([[CHAINCODE, [policyMetadata({ key, mspId: 'bank-x' })]]]) },
      { writes: new Map(), otherChanges: [CHAINCODE] },
      { chaincode: '', args: [], writes: new Map([[CHAINCODE, [{ key, text: '' }]]]), otherChanges: [CHAINCODE] },
      { args: ['submit', '9.9.9', 'x'], writes: new Map([[CHAINCODE, [{ key, text: '{}' }]]]) },
    ];
    for (const lie of alone) {
      const block = chain.block(changed(await chain.publication('one', { keep: false }), () => ({ ...lie, time: NEVER })));
      assertNotAhead(block, CHAINCODE, Date.now());
      assert.equal(replica.apply(block), undefined);
    }
    assert.equal(replica.head()?.stateRoot, stateRoot);
    const honest = chain.block(await chain.publication('one'));
    assert.throws(() => assertNotAhead(chain.block(changed(honest.transactions[0] as BlockTransaction, () => ({ time: NEVER }))), CHAINCODE, Date.now()), { code: 'CLOCK_SKEW' });
    replica.apply(honest);
  });

  test('a ping may name any time: no endorser has looked at it', async () => {
    const { chain, replica } = await founded();
    const ping = chain.block(changed(chain.ping(), () => ({ time: NEVER })));
    assertNotAhead(ping, CHAINCODE, Date.now());
    assert.equal(replica.apply(ping), undefined);
  });

  test('takes blocks of a version that its build does not have with these keys, and with no policy for a record', async () => {
    const { chain } = await founded();
    const later = new FabricReplica(chain.net.id, CHAINCODE, new SqliteState<StoredFabricBlock>(':memory:'), releasesOf({ ...CURRENT_RELEASE, version: '9.0.0' }));
    later.apply({ ...chain.block(chain.founding()), number: 0, previous: '' });
    const honest = await chain.publication('one');
    const policy = policyMetadata({ key: keys.asset('bank-a/one'), mspId: 'bank-a' });
    const next = (tx: BlockTransaction): Parameters<FabricReplica['apply']>[0] => ({ ...chain.block(tx), number: 1, previous: later.last?.hash ?? '' });
    assert.throws(() => later.apply(next(changed(honest, () => ({ metadata: new Map([[CHAINCODE, [policy]]]) })))), { code: 'BLOCK_INVALID', message: /policy of a record/ });
    later.apply(next(honest));
    assert.equal(later.head()?.takenUpTo, 1);
  });
});
