import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalJson, transactionDigest } from '@collabnet/envelope';
import { sm2Sign } from '@collabnet/sm';
import { blockHash, type Block } from './block.ts';
import type { EmbeddedLedgerClient } from './embedded-client.ts';
import { LedgerError } from './errors.ts';
import { verifyProof } from './proof.ts';
import { SqliteState } from './sqlite-state.ts';
import { TestChain } from './testing/chain.ts';

const code = (expected: string) => (error: unknown): boolean => error instanceof LedgerError && error.code === expected;

async function withChain(run: (chain: TestChain, client: EmbeddedLedgerClient) => Promise<void>): Promise<void> {
  const chain = await TestChain.found();
  const client = chain.client();
  try {
    await run(chain, client);
  } finally {
    await client.close();
    await chain.node.close();
  }
}

test('a submitted transaction is on the verified chain when submit resolves, and a second submit adopts it', () =>
  withChain(async (chain, client) => {
    const tx = await chain.invite('invitation-1');
    const first = await client.submit(tx);
    assert.equal(first.height, 1);
    assert.deepEqual(await client.submit(tx), first);
    const found = await client.evaluate<{ state: string }>('membership', 'invitation', { id: 'invitation-1' });
    assert.equal(found.state, 'Open');
  }));

test('transaction fault: a replay through another client is refused by the contract and resolved as the same transaction', () =>
  withChain(async (chain, client) => {
    const tx = await chain.invite('invitation-1');
    await client.submit(tx);
    await assert.rejects(chain.node.submit(tx), code('REPLAYED'));
    const other = chain.client();
    assert.equal((await other.submit(tx)).digest, transactionDigest(tx.payload));
    await other.close();
  }));

test('a refusal keeps code and field and writes nothing', () =>
  withChain(async (chain, client) => {
    await client.submit(await chain.invite('invitation-1'));
    await assert.rejects(client.submit(await chain.invite('invitation-1')), code('ALREADY_EXISTS'));
    assert.equal(client.head().height, 1);
  }));

test('fifty concurrent submits end in order, each once, in few blocks', () =>
  withChain(async (chain, client) => {
    const txs = await Promise.all(Array.from({ length: 50 }, (_, n) => chain.invite(`invitation-${n}`)));
    const results = await Promise.all(txs.map((tx) => client.submit(tx)));
    assert.equal(new Set(results.map((result) => result.digest)).size, 50);
    assert.ok(client.head().height <= 50);
    const transactions = chain.node.blocks(0, 1000).flatMap((block) => block.transactions);
    assert.deepEqual(new Set(transactions.map(({ payload }) => transactionDigest(payload))), new Set(results.map((result) => result.digest)));
  }));

const bends: [string, (block: Block, chain: TestChain) => Block][] = [
  ['a changed transaction', (block) => edit(block, (b) => (b.transactions[0]!.payload.public['displayName'] = 'other'))],
  ['a changed state root', (block) => edit(block, (b) => (b.header.stateRoot = '0'.repeat(64)))],
  ['a signature of another key', (block, chain) => ({ ...block, signature: sm2Sign(canonicalJson(block.header), chain.founder.privateKey) })],
  ['a block left out', (block) => edit(block, (b) => (b.header.height += 1))],
  ['a rewritten but correctly signed write set', (block, chain) => resign(edit(block, (b) => (b.header.writesRoot = '1'.repeat(64))), chain)],
  ['a rewritten but correctly signed past', (block, chain) => resign(edit(block, (b) => (b.header.previous = '2'.repeat(64))), chain)],
  ['a dropped transaction under the same header', (block) => edit(block, (b) => (b.transactions = []))],
];

for (const [name, bend] of bends) {
  test(`ledger fault: a host that shows ${name} is found out, and nothing is answered from it`, () =>
    withChain(async (chain, client) => {
      await client.refresh();
      await chain.node.submit(await chain.invite('invitation-1'));
      chain.bend = (block) => (block.header.height === 1 ? bend(block, chain) : block);
      await assert.rejects(client.refresh(), code('BLOCK_INVALID'));
      assert.throws(() => client.head(), code('DIVERGED'));
      await assert.rejects(client.evaluate('membership', 'members', {}), code('DIVERGED'));
    }));
}

function edit(block: Block, change: (copy: Block) => unknown): Block {
  const copy = structuredClone(block);
  change(copy);
  return copy;
}

function resign(block: Block, chain: TestChain): Block {
  return { ...block, signature: sm2Sign(canonicalJson(block.header), chain.signing.privateKey) };
}

test('ledger fault: a genesis of another network is refused', async () => {
  const [chain, other] = await Promise.all([TestChain.found(), TestChain.found()]);
  const client = chain.client({ networkId: other.node.networkId });
  await assert.rejects(client.refresh(), code('BLOCK_INVALID'));
  await client.close();
});

test('ledger fault: a second block that the host has signed for one height stops everything; a head that a member has invented does not', () =>
  withChain(async (chain, client) => {
    client.start();
    await client.submit(await chain.invite('invitation-1'));
    const { header } = chain.node.blocks(1, 1)[0]!;
    const other = { ...header, time: header.time + 1 };
    const body = { did: chain.did, keyId: `${chain.did}#key-1`, height: 1, hash: blockHash(other), time: 1 };
    const signature = sm2Sign(canonicalJson(body), chain.founder.privateKey);
    const fork = { ...body, header: other, blockSignature: sm2Sign(canonicalJson(other), chain.signing.privateKey), signature };
    const invented = { ...fork, blockSignature: sm2Sign(canonicalJson(other), chain.founder.privateKey) };
    for (const harmless of [invented, { ...fork, signature: 'AAAA' }, { ...fork, header }]) chain.announceHead(harmless);
    assert.equal(client.head().height, 1);
    chain.announceHead(fork);
    assert.throws(() => client.head(), code('DIVERGED'));
  }));

test('a client publishes the head that it has verified, and others on the same chain take it for no fork', () =>
  withChain(async (chain, client) => {
    await client.submit(await chain.invite('invitation-1'));
    client.start();
    const key = { keyId: `${chain.did}#key-1`, sign: (message: string) => Promise.resolve(sm2Sign(message, chain.founder.privateKey)) };
    const headSigner = { did: chain.did, key: () => Promise.resolve(key) };
    const other = chain.client({ headSigner, headExchangeMs: 10 });
    other.start();
    const heard = await chain.nextHead();
    assert.deepEqual([heard.height, heard.hash], [1, chain.node.head().hash]);
    assert.equal(client.head().height, 1);
    await other.close();
  }));

test('a transaction that fits no message is refused, and a block never outgrows one', () =>
  withChain(async (chain, client) => {
    await assert.rejects(chain.node.submit(await chain.invite('invitation-x', undefined, 300_000)), code('INVALID_ARGUMENT'));
    const large = await Promise.all([1, 2, 3, 4].map((n) => chain.invite(`invitation-${n}`, undefined, 200_000)));
    await Promise.all(large.map((tx) => chain.node.submit(tx)));
    await client.refresh();
    const sizes = chain.node.blocks(1, 10).map((block) => JSON.stringify(block).length);
    assert.ok(sizes.length >= 2 && sizes.every((size) => size < 600_000), sizes.join());
    assert.equal(client.head().height, sizes.length);
  }));

test('a listener that fails takes nothing back from those who submitted', () =>
  withChain(async (chain, client) => {
    chain.onBlock = () => {
      throw new Error('not connected');
    };
    assert.equal((await client.submit(await chain.invite('invitation-1'))).height, 1);
    assert.equal((await client.submit(await chain.invite('invitation-2'))).height, 2);
  }));

test('ledger fault: a transaction that names a head of another chain is refused', () =>
  withChain(async (chain, client) => {
    await assert.rejects(client.submit(await chain.invite('invitation-1', { height: 0, hash: 'e'.repeat(64) })), code('HEAD_UNKNOWN'));
    const { height, hash } = chain.node.head();
    await client.submit(await chain.invite('invitation-2', { height, hash }));
  }));

test('ledger fault: a view older than the bound is not answered from', () =>
  withChain(async (chain, client) => {
    await client.refresh();
    chain.online = false;
    await new Promise((resolve) => setTimeout(resolve, 20));
    await assert.rejects(client.evaluate('membership', 'members', {}, { maxStalenessMs: 5 }));
    assert.ok(await client.evaluate('membership', 'members', {}, { maxStalenessMs: 60_000 }));
    chain.online = true;
    assert.ok(await client.evaluate('membership', 'members', {}, { maxStalenessMs: 5 }));
  }));

test('events come from a checkpoint on, past ones first, each once', () =>
  withChain(async (chain, client) => {
    for (const n of [1, 2, 3]) await client.submit(await chain.invite(`invitation-${n}`));
    const seen: string[] = [];
    for await (const event of client.events(2)) {
      seen.push(event.subject);
      if (seen.length === 2) await client.submit(await chain.invite('invitation-4'));
      if (seen.length === 3) break;
    }
    assert.deepEqual(seen, ['invitation-2', 'invitation-3', 'invitation-4']);
  }));

test('a proof of a write holds offline, and not for another value', () =>
  withChain(async (chain, client) => {
    await client.submit(await chain.invite('invitation-1'));
    const proof = await client.prove('invitation/invitation-1', 1);
    const shown = verifyProof(proof, chain.signing.publicKey);
    assert.equal(shown.blockHash, blockHash(chain.node.blocks(1, 1)[0]!.header));
    assert.throws(() => verifyProof({ ...proof, value: { state: 'Used' } }, chain.signing.publicKey), code('BLOCK_INVALID'));
    assert.throws(() => verifyProof(proof, chain.founder.publicKey), code('BLOCK_INVALID'));
    await assert.rejects(client.prove('invitation/none', 1), code('NOT_FOUND'));
  }));

test('the host reopens its file where it stood, and a replica file is only a cache', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'collabnet-ledger-'));
  try {
    const chain = await TestChain.found(join(directory, 'host.db'));
    const cache = join(directory, 'replica.db');
    const client = chain.client({ state: new SqliteState(cache) });
    await client.submit(await chain.invite('invitation-1'));
    const before = client.head();
    await client.close();
    await chain.node.close();
    await chain.open();
    assert.equal(chain.node.head().hash, before.hash);
    const again = chain.client({ state: new SqliteState(cache) });
    await again.refresh();
    assert.equal(again.head().stateRoot, before.stateRoot);
    await again.close();
    const other = await TestChain.found();
    assert.throws(() => other.client({ state: new SqliteState(cache) }), code('STORE_FAILED'));
    await chain.node.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a host with other contracts is waited for, not taken for a fork', () =>
  withChain(async (chain, client) => {
    await client.refresh();
    await chain.node.submit(await chain.invite('invitation-1'));
    chain.bend = (block) => edit(block, (b) => (b.header.contractsVersion = '99.0.0'));
    await assert.rejects(client.refresh(), code('CONTRACTS_MISMATCH'));
    chain.bend = (block) => block;
    await client.refresh();
    assert.equal(client.head().height, 1);
  }));

test('ledger fault: a volume that fills up: the submit can be repeated, nothing is half done, the chain goes on', { skip: process.getuid?.() !== 0 && 'needs root to mount a small file system' }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-ledger-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  try {
    const chain = await TestChain.found(join(folder, 'ledger.db'));
    const client = chain.client();
    await client.submit(await chain.invite('invitation-before'));
    const height = chain.node.head().height;
    const filler = join(folder, 'filler');
    assert.throws(() => {
      for (;;) appendFileSync(filler, Buffer.alloc(4096));
    }, /ENOSPC/);
    const refused = await Promise.all(['invitation-one', 'invitation-two'].map(async (id) => client.submit(await chain.invite(id)).then(() => undefined, (error: unknown) => error)));
    for (const error of refused) assert.ok(error instanceof LedgerError && error.code === 'UNAVAILABLE' && error.message.includes('the volume of the ledger is full; enlarge it'), String(error));
    assert.equal(chain.node.head().height, height);
    assert.match(chain.node.problem ?? '', /full/);
    rmSync(filler);
    await client.submit(await chain.invite('invitation-after'));
    assert.equal(chain.node.problem, undefined);
    assert.equal(chain.node.head().height, height + 1);
    await client.close();
    await chain.node.close();
  } finally {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true });
  }
});

test('a member whose clock is wrong learns by how much from the next contact', () =>
  withChain(async (chain, client) => {
    await client.refresh();
    assert.equal(client.clockOffsetMs, 0);
    for (const shift of [600_000, -600_000]) {
      const wrong = chain.client({ now: () => Date.now() + shift, maxClockSkewMs: 3_600_000 });
      await wrong.refresh();
      assert.ok(Math.abs(wrong.clockOffsetMs - shift) < 5_000, String(wrong.clockOffsetMs));
      await wrong.close();
    }
  }));

test('a bound of 0 means that the ledger is asked first, however long it takes to answer', () =>
  withChain(async (chain) => {
    let ticks = Date.now();
    const slow = chain.client({ now: () => (ticks += 50) });
    await slow.refresh();
    await chain.node.submit(await chain.invite('invitation-new'));
    const found = await slow.evaluate<{ state: string }>('membership', 'invitation', { id: 'invitation-new' }, { maxStalenessMs: 0 });
    assert.equal(found.state, 'Open');
    await slow.close();
  }));
