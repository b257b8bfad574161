import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { canonicalJson } from '@collabnet/envelope';
import { sm2Sign } from '@collabnet/sm';
import type { Block } from '../block.ts';
import type { EmbeddedLedgerClient } from '../embedded-client.ts';
import { TestChain } from '../testing/chain.ts';
import { embeddedVerifier } from './embedded-verifier.ts';
import type { ExportReport } from './export-report.ts';
import { verifyExport } from './verify-export.ts';

function verify(files: Readonly<Record<string, readonly string[]>>, networkId?: string): Promise<ExportReport> {
  const sources = Object.entries(files).map(([name, texts]) => ({ name, lines: Readable.from(texts) }));
  return verifyExport({ sources, networkId, verifier: (header, wanted) => Promise.resolve(embeddedVerifier(header, wanted)) });
}

const notVerified = ({ checks }: ExportReport): string[] => checks.filter(({ verified }) => !verified).map(({ name }) => name);

describe('an export of the embedded ledger', () => {
  let chain: TestChain;
  let client: EmbeddedLedgerClient;
  /** Header and six blocks: line n + 1 is block n. */
  let whole: string[];
  let range: string[];

  const linesOf = async (from: number, to: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const line of client.inspection().exportLines(from, to)) found.push(line);
    return found;
  };
  const edited = (texts: readonly string[], index: number, change: (line: string) => string): string[] => texts.map((line, at) => (at === index ? change(line) : line));
  const editedBlock = (index: number, change: (block: Block) => void): string[] =>
    edited(whole, index, (line) => {
      const block = JSON.parse(line) as Block;
      change(block);
      return JSON.stringify(block);
    });

  before(async () => {
    chain = await TestChain.found();
    client = chain.client();
    for (let n = 1; n <= 5; n++) await client.submit(await chain.invite(`invitation-${n}`));
    whole = await linesOf(0, 5);
    range = await linesOf(3, 5);
  });
  after(async () => {
    await client.close();
    await chain.node.close();
  });

  test('is replayed as a whole, and comes to the state of the ledger', async () => {
    const report = await verify({ 'chain.jsonl': whole }, chain.node.networkId);
    const { stateRoot, hash, time } = chain.node.head();
    assert.deepEqual([report.from, report.to, report.blocks, report.transactions, report.hash], [0, 5, 6, 5, hash]);
    assert.deepEqual(report.head, { height: 5, stateRoot, time });
    assert.deepEqual(notVerified(report), []);
  });

  test('tells what it takes from the file where nobody names the network, or the file its end', async () => {
    assert.deepEqual(notVerified(await verify({ 'chain.jsonl': whole })), ['network']);
    const byHost = chain.node.blocks(0, 10).map((block) => JSON.stringify(block));
    const report = await verify({ 'host.jsonl': byHost.slice(0, 4) });
    assert.deepEqual([notVerified(report), report.networkId, report.to], [['network', 'range'], chain.node.networkId, 3]);
  });

  test('of a range is checked for hashes and signatures of blocks, and says that nothing was replayed', async () => {
    const report = await verify({ 'part.jsonl': range }, chain.node.networkId);
    assert.deepEqual([report.from, report.to, report.blocks, report.transactions, report.head], [3, 5, 3, 3, undefined]);
    assert.deepEqual(notVerified(report), ['transactionSignatures', 'rules', 'stateRoot']);
    assert.match(report.checks.find(({ name }) => name === 'rules')?.detail ?? '', /the state at block 2 is not known/);
  });

  test('of a range is replayed together with the blocks before it', async () => {
    const report = await verify({ 'first.jsonl': await linesOf(0, 2), 'part.jsonl': range }, chain.node.networkId);
    assert.deepEqual([report.blocks, report.head?.height, notVerified(report)], [6, 5, []]);
    await assert.rejects(verify({ 'first.jsonl': await linesOf(0, 1), 'part.jsonl': range }), { code: 'BLOCK_INVALID', message: /part\.jsonl begins with block 3, but the files before it end with block 1/ });
    await assert.rejects(verify({ 'part.jsonl': range, 'first.jsonl': await linesOf(0, 2) }), { message: /first\.jsonl begins with block 0/ });
  });

  const faults: [string, RegExp, () => readonly string[]][] = [
    ['an altered transaction', /^block 2: the transactions root does not match/, () => edited(whole, 3, (line) => line.replace('invitation-2', 'invitation-9'))],
    ['an altered state root', /^block 2: the signature was not made/, () => editedBlock(3, ({ header }) => (header.stateRoot = '0'.repeat(64)))],
    ['a state root that its host signed', /^block 2: the state root differs/, () => editedBlock(3, (block) => {
      block.header.stateRoot = '0'.repeat(64);
      block.signature = sm2Sign(canonicalJson(block.header), chain.signing.privateKey);
    })],
    ['a missing block', /^chain\.jsonl: block 2 is missing; block 3 stands in its place/, () => whole.filter((_, index) => index !== 3)],
    ['blocks out of order', /^chain\.jsonl: blocks are out of order: block 3 stands before block 2/, () => edited(edited(whole, 3, () => whole[4] ?? ''), 4, () => whole[3] ?? '')],
    ['a block twice', /^chain\.jsonl: blocks are out of order: block 2 stands where block 3 must stand/, () => [...whole.slice(0, 4), ...whole.slice(3)]],
    ['its last line cut off', /^chain\.jsonl is truncated: line 7, its last, is cut off/, () => edited(whole, 6, (line) => line.slice(0, -20))],
    ['its last blocks cut off', /^chain\.jsonl is truncated: it ends with block 3, before block 4; its header promises blocks up to 5/, () => whole.slice(0, 5)],
    ['no block at all', /^chain\.jsonl is truncated: it ends before block 0/, () => whole.slice(0, 1)],
    ['a line that is not JSON', /^chain\.jsonl: line 4 is not JSON; it was altered/, () => edited(whole, 3, (line) => line.slice(1))],
    ['something else on a line', /^chain\.jsonl: where block 2 must stand there is something that is no block/, () => edited(whole, 3, () => '{"a":1}')],
    ['more than it says', /^chain\.jsonl goes on after block 4/, () => edited(whole, 0, (line) => line.replaceAll('"to":5', '"to":4'))],
    ['a header of another kind', /^chain\.jsonl: line 1 is no header .*ledger-export\/v1/, () => edited(whole, 0, (line) => line.replace('export/v1', 'export/v9'))],
    ['nothing in it', /^chain\.jsonl is empty/, () => []],
  ];
  for (const [name, message, make] of faults) {
    test(`ledger fault: an export with ${name} does not hold`, async () => {
      await assert.rejects(verify({ 'chain.jsonl': make() }, chain.node.networkId), { code: 'BLOCK_INVALID', message });
    });
  }

  test('ledger fault: an export of another network is refused by its header, or by its genesis where the header lies', async () => {
    await assert.rejects(verify({ 'chain.jsonl': whole }, 'a'.repeat(64)), { code: 'BLOCK_INVALID', message: new RegExp(`^chain.jsonl is of network ${chain.node.networkId}, not of network a{64}$`) });
    const lying = edited(whole, 0, (line) => line.replace(chain.node.networkId, 'a'.repeat(64)));
    await assert.rejects(verify({ 'chain.jsonl': lying }, 'a'.repeat(64)), { code: 'BLOCK_INVALID', message: /^block 0: it belongs to network/ });
    const lyingRange = edited(range, 0, (line) => line.replace(chain.node.networkId, 'a'.repeat(64)));
    await assert.rejects(verify({ 'part.jsonl': lyingRange }, 'a'.repeat(64)), { code: 'BLOCK_INVALID', message: /the genesis in the header hashes to/ });
  });

  test('of a range does not hold with an altered, a foreign or an unlinked block', async () => {
    await assert.rejects(verify({ 'part.jsonl': edited(range, 2, (line) => line.replace('invitation-4', 'invitation-9')) }), { message: /^block 4: the transactions root/ });
    const forged = edited(range, 2, (line) => {
      const block = JSON.parse(line) as Block;
      block.header.previous = '1'.repeat(64);
      return JSON.stringify({ ...block, signature: sm2Sign(canonicalJson(block.header), chain.signing.privateKey) });
    });
    await assert.rejects(verify({ 'part.jsonl': forged }), { message: /^block 4: it does not continue/ });
  });
});
