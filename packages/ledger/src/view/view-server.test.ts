import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EmbeddedLedgerClient } from '../embedded-client.ts';
import type { BlockView } from '../inspect/block-view.ts';
import { TestChain } from '../testing/chain.ts';
import { LedgerViewServer } from './view-server.ts';
import type { BlockDetail, ContractsView, TransactionDetail } from './views.ts';

describe('the view of a ledger', () => {
  let chain: TestChain;
  let client: EmbeddedLedgerClient;
  let server: LedgerViewServer;

  const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}/v1/networks/${path}`);
  const read = async <T>(path: string): Promise<T> => {
    const response = await ask(path);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as T;
  };

  before(async () => {
    chain = await TestChain.found();
    client = chain.client();
    for (let n = 1; n <= 3; n++) await client.submit(await chain.invite(`invitation-${n}`, undefined, n === 3 ? 400 : 0));
    server = new LedgerViewServer({ ledgers: { all: () => [{ name: 'lending', ledger: client }] }, port: 0, logger: { error: assert.fail } });
    await server.listen();
  });
  after(async () => {
    server.close();
    await client.close();
    await chain.node.close();
  });

  test('shows blocks, all, of a range, or the newest', async () => {
    const heights = async (query: string): Promise<number[]> => (await read<BlockView[]>(`lending/blocks${query}`)).map(({ height }) => height);
    assert.deepEqual(await heights(''), [0, 1, 2, 3]);
    assert.deepEqual(await heights('?from=1&to=2'), [1, 2]);
    assert.deepEqual(await heights('?last=2'), [2, 3]);
    const [first, second] = await read<BlockView[]>('lending/blocks?to=1');
    assert.equal(first?.genesis?.payload.displayName, 'test');
    assert.equal(second?.hash, chain.node.blocks(2, 1)[0]?.header.previous);
  });

  test('shows a transaction with its signer and what it told, as at the time', async () => {
    const { transactions } = await read<BlockDetail>('lending/blocks/2');
    const digest = transactions[0]?.digest ?? '';
    const found = await read<TransactionDetail>(`lending/transactions/${digest}`);
    assert.deepEqual([found.digest, found.block.height, found.tx.payload.public['invitationId']], [digest, 2, 'invitation-2']);
    assert.deepEqual(found.signer, { id: chain.did, type: 'institution', displayName: 'Founder', keyId: `${chain.did}#key-1`, delegatedBy: [] });
    assert.deepEqual(found.events.map(({ type, subject, height, index }) => [type, subject, height, index]), [['membership.invited', 'invitation-2', 2, 0]]);
  });

  test('does not open what is sealed', async () => {
    const { transactions } = await read<BlockDetail>('lending/blocks/3');
    const { tx } = await read<TransactionDetail>(`lending/transactions/${transactions[0]?.digest ?? ''}`);
    assert.equal(tx.payload.sealed?.ciphertext, 'A'.repeat(400));
  });

  test('shows the contracts and who may call them', async () => {
    const { version, foundedWith, rights } = await read<ContractsView>('lending/contracts');
    assert.equal(version, foundedWith);
    assert.deepEqual(rights['flows.approve']?.principals, ['person']);
  });

  test('exports lines as they come', async () => {
    const text = await (await ask('lending/export?from=1&to=2')).text();
    const lines: string[] = [];
    for await (const line of client.inspection().exportLines(1, 2)) lines.push(line);
    assert.deepEqual(text.trim().split('\n'), lines);
  });

  const refused: [string, number, RegExp][] = [
    ['lending/blocks/9', 404, /height 9: there is no such block; the newest one verified is 3/],
    ['lending/blocks?from=9', 404, /height 9/],
    ['lending/export?to=9', 404, /height 9/],
    ['lending/blocks?from=2&to=1', 400, /to: 1 lies before from, 2/],
    ['lending/blocks?from=x', 400, /from/],
    [`lending/transactions/${'a'.repeat(64)}`, 404, /is on no block up to height 3/],
    ['lending/transactions/abc', 400, /64 hexadecimal digits/],
    ['savings/blocks', 503, /does not follow the ledger of network savings/],
    ['lending/secrets', 404, /there is no such path/],
  ];
  for (const [path, status, detail] of refused) {
    test(`answers ${path} with ${status}`, async () => {
      const response = await ask(path);
      assert.equal(response.status, status);
      assert.match(((await response.json()) as { detail: string }).detail, detail);
    });
  }

  test('of a ledger that has diverged still shows what was verified before', async () => {
    const other = chain.client();
    await other.refresh();
    chain.bend = (block) => ({ ...block, transactions: [] });
    await chain.node.submit(await chain.invite('invitation-4'));
    await assert.rejects(other.refresh(), { code: 'BLOCK_INVALID' });
    assert.throws(() => other.head(), { code: 'DIVERGED' });
    const diverged = new LedgerViewServer({ ledgers: { all: () => [{ name: 'lending', ledger: other }] }, port: 0, logger: { error: assert.fail } });
    await diverged.listen();
    try {
      const blocks = (await (await fetch(`http://127.0.0.1:${diverged.port}/v1/networks/lending/blocks`)).json()) as BlockView[];
      assert.equal(blocks.at(-1)?.height, 3);
    } finally {
      diverged.close();
      await other.close();
    }
  });
});
