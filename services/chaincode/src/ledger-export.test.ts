import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { TestNetwork } from '@collabnet/contracts/testing';
import { LedgerError, SqliteState, verifyExport, type BlockView, type ExportReport } from '@collabnet/ledger';
import { FabricLedgerClient, type StoredFabricBlock } from '@collabnet/ledger-fabric';
import { fabricVerifier } from '@collabnet/ledger-fabric/verify';
import { LedgerViewServer, type TransactionDetail } from '@collabnet/ledger/view';
import { FabricDriver } from './testing/fabric-driver.ts';
import { TestLedgerNetwork } from './testing/test-ledger-network.ts';

const [ALPHA, BETA] = ['Alpha', 'Beta'];

function verify(files: Readonly<Record<string, readonly string[]>>, networkId?: string): Promise<ExportReport> {
  const sources = Object.entries(files).map(([name, texts]) => ({ name, lines: Readable.from(texts) }));
  return verifyExport({
    sources,
    networkId,
    verifier: (header, wanted) => {
      if (header === undefined) throw new LedgerError('BLOCK_INVALID', 'no header');
      return Promise.resolve(fabricVerifier(header, wanted));
    },
  });
}

const notVerified = ({ checks }: ExportReport): string[] => checks.filter(({ verified }) => !verified).map(({ name }) => name);

describe('an export of a channel', { timeout: 300_000 }, () => {
  let network: TestLedgerNetwork;
  let net: TestNetwork;
  let driver: FabricDriver;
  let client: FabricLedgerClient;
  /** Header and all blocks of the channel: line n + 1 is block n. */
  let whole: string[];
  let views: BlockView[];

  const linesOf = async (from: number, to: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const line of client.inspection().exportLines(from, to)) found.push(line);
    return found;
  };
  const edited = (texts: readonly string[], index: number, change: (line: string) => string): string[] => texts.map((line, at) => (at === index ? change(line) : line));

  /** Changes one octet of the serialised block on a line. */
  const altered = (texts: readonly string[], index: number, where: (octets: Buffer) => number): string[] =>
    edited(texts, index, (line) => {
      const { number, block } = JSON.parse(line) as { number: number; block: string };
      const octets = Buffer.from(block, 'base64');
      const at = where(octets);
      assert.ok(at > 0, `block ${number} does not hold what is to be altered`);
      octets[at] = (octets[at] ?? 0) ^ 1;
      return JSON.stringify({ number, block: octets.toString('base64') });
    });

  before(async () => {
    network = await TestLedgerNetwork.start({ members: [ALPHA, BETA] });
    net = await TestNetwork.found(async (payload, sign) => (driver = await FabricDriver.found(network, payload, sign, 'Real')));
    for (const name of ['one', 'two', 'three']) await net.send(net.founder, 'catalogue.publish', net.assetOf(net.founder, name));
    // From the peer of another organisation than the one that submitted.
    const { networkId, chaincode } = driver;
    client = new FabricLedgerClient(network.options(BETA, { networkId, chaincode, state: new SqliteState<StoredFabricBlock>(':memory:') }));
    client.start();
    while (client.inspection().height() !== driver.client.head().height) await new Promise((resolve) => setTimeout(resolve, 50));
    whole = await linesOf(0, client.head().height);
    views = client.inspection().blocks(0, 100);
  });
  after(async () => {
    await Promise.allSettled([client?.close(), net?.close()]);
    await network?.close();
  });

  test('is replayed as a whole, from the first block of the channel on', async () => {
    const report = await verify({ 'chain.jsonl': whole }, net.id);
    const { height, stateRoot, time } = driver.client.head();
    assert.deepEqual([report.from, report.blocks, report.transactions, report.head], [0, whole.length - 1, 3, { height, stateRoot, time }]);
    assert.deepEqual(notVerified(report), ['validity']);
  });

  test('of a range is checked for hashes and orderers, and replayed together with the blocks before it', async () => {
    const [first, part] = [await linesOf(0, 1), await linesOf(2, 3)];
    const report = await verify({ 'part.jsonl': part }, net.id);
    assert.deepEqual([report.from, report.transactions, report.head], [views[2]?.number, 2, undefined]);
    assert.deepEqual(notVerified(report), ['validity', 'transactionSignatures', 'rules', 'stateRoot']);
    const both = await verify({ 'first.jsonl': first, 'part.jsonl': part }, net.id);
    assert.deepEqual([both.blocks, both.head?.stateRoot], [whole.length - 1, driver.client.head().stateRoot]);
  });

  const number = (height: number): number => views[height]?.number ?? 0;
  const faults: [string, () => RegExp, () => readonly string[]][] = [
    ['an altered transaction', () => new RegExp(`^block ${number(2)}: its data do not hash to what its header says`), () => altered(whole, number(2) + 1, (octets) => octets.indexOf('bank-a/two'))],
    // The last certificate in a block is that of the orderer; behind it come a nonce and the signature.
    ['an altered signature of an orderer', () => new RegExp(`^block ${number(2)}: the signature of the orderer of Alpha does not hold`), () => altered(whole, number(2) + 1, (octets) => octets.lastIndexOf('-----END CERTIFICATE-----') + 70)],
    ['an altered certificate of an orderer', () => new RegExp(`^block ${number(2)}: .*certificate`), () => altered(whole, number(2) + 1, (octets) => octets.lastIndexOf('-----END CERTIFICATE-----') - 100)],
    ['a missing block', () => new RegExp(`^chain.jsonl: block ${number(2)} is missing; block ${number(3)} stands`), () => whole.filter((_, index) => index !== number(2) + 1)],
    ['blocks out of order', () => new RegExp(`^chain.jsonl: blocks are out of order: block ${number(3)} stands before block ${number(2)}`), () => {
      const [at, next] = [number(2) + 1, number(3) + 1];
      return edited(edited(whole, at, () => whole[next] ?? ''), next, () => whole[at] ?? '');
    }],
    ['another number on a line', () => new RegExp(`^block ${number(2)}: the block on its line is block ${number(1)}`), () => edited(whole, number(2) + 1, () => (whole[number(1) + 1] ?? '').replace(`"number":${number(1)}`, `"number":${number(2)}`))],
    ['its last line cut off', () => /^chain.jsonl is truncated: line \d+, its last, is cut off/, () => edited(whole, whole.length - 1, (line) => line.slice(0, -20))],
    ['its last block cut off', () => new RegExp(`^chain.jsonl is truncated: it ends with block ${number(3) - 1}`), () => whole.slice(0, -1)],
  ];
  for (const [name, message, make] of faults) {
    test(`ledger fault: an export of a channel with ${name} does not hold`, async () => {
      await assert.rejects(verify({ 'chain.jsonl': make() }, net.id), { code: 'BLOCK_INVALID', message: message() });
    });
  }

  test('of another network is refused by its header, or by its genesis where the header lies', async () => {
    await assert.rejects(verify({ 'chain.jsonl': whole }, 'a'.repeat(64)), { message: new RegExp(`^chain.jsonl is of network ${net.id}`) });
    const lying = edited(whole, 0, (line) => line.replace(net.id, 'a'.repeat(64)));
    await assert.rejects(verify({ 'chain.jsonl': lying }, 'a'.repeat(64)), { code: 'BLOCK_INVALID', message: new RegExp(`block ${number(0)}: its genesis hashes to ${net.id}`) });
  });

  test('and its transactions are shown as on the embedded ledger', async () => {
    const server = new LedgerViewServer({ ledgers: { all: () => [{ name: 'lending', ledger: client }] }, port: 0, logger: { error: assert.fail } });
    await server.listen();
    try {
      const at = `http://127.0.0.1:${server.port}/v1/networks/lending`;
      const blocks = (await (await fetch(`${at}/blocks?last=1`)).json()) as BlockView[];
      assert.deepEqual(blocks, [{ ...views[3] }]);
      const digest = views[2]?.transactions[0]?.digest ?? '';
      const found = (await (await fetch(`${at}/transactions/${digest}`)).json()) as TransactionDetail;
      assert.deepEqual([found.block.number, found.signer.id, found.events.map(({ subject }) => subject)], [number(2), net.founder.did, ['bank-a/two']]);
      const exported = await (await fetch(`${at}/export`)).text();
      assert.deepEqual(exported.trim().split('\n'), whole);
    } finally {
      server.close();
    }
  });
});
