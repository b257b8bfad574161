import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BlockView, EmbeddedLedgerClient, ExportReport } from '@collabnet/ledger';
import { TestChain } from '@collabnet/ledger/testing';
import { LedgerViewServer, type BlockDetail, type TransactionDetail } from '@collabnet/ledger/view';
import { TestCli } from '../testing/cli.ts';

/** The commands as installed, against the view of a real replica of a real ledger; verification needs neither. */
describe('kubectl collabnet ledger', { timeout: 300_000 }, () => {
  const cli = new TestCli();
  let chain: TestChain;
  let client: EmbeddedLedgerClient;
  let server: LedgerViewServer;
  const file = (name: string): string => join(cli.home, name);

  async function ok(...args: string[]): Promise<string> {
    const result = await cli.run('ledger', ...args);
    assert.equal(result.code, 0, result.stderr);
    return result.stdout;
  }
  async function fails(code: number, message: RegExp, ...args: string[]): Promise<void> {
    const result = await cli.run('ledger', ...args);
    assert.match(result.stderr, message);
    assert.equal(result.code, code, result.stderr);
  }
  const at = (name = 'lending'): string[] => ['--network', name];

  before(async () => {
    chain = await TestChain.found();
    client = chain.client();
    for (let n = 1; n <= 3; n++) await client.submit(await chain.invite(`invitation-${n}`, undefined, n === 3 ? 400 : 0));
    server = new LedgerViewServer({ ledgers: { all: () => [{ name: 'lending', ledger: client }] }, port: 0, logger: { error: assert.fail } });
    await server.listen();
    cli.environment = { COLLABNET_LEDGER_VIEW: `http://127.0.0.1:${server.port}` };
  });
  after(async () => {
    server.close();
    await client.close();
    await chain.node.close();
    cli.remove();
  });

  it('lists blocks for people and programs', async () => {
    const text = await ok('blocks', ...at());
    assert.match(text, /^HEIGHT +TIME +TRANSACTIONS +HASH +CALLS\n0 .* genesis\n1 .* 1 +[0-9a-f]{64} +membership\.invite\n/);
    const blocks = JSON.parse(await ok('blocks', ...at(), '--from', '1', '--to', '2', '-o', 'json')) as BlockView[];
    assert.deepEqual(blocks.map(({ height }) => height), [1, 2]);
    assert.match(await ok('blocks', ...at(), '--last', '1', '-o', 'yaml'), /^- height: 3\n/);
  });

  it('shows a block and a transaction in it, and leaves sealed what is sealed', async () => {
    assert.match(await ok('block', '0', ...at()), /genesis\n +network +test\n +founder +Founder \(founder\)/);
    const text = await ok('block', '3', ...at());
    assert.match(text, /\nTRANSACTION +CALL +BY +EVENTS\n[0-9a-f]{64} +membership\.invite +founder +membership\.invited$/m);
    const { transactions } = JSON.parse(await ok('block', '3', ...at(), '-o', 'json')) as BlockDetail;
    const digest = transactions[0]?.digest ?? '';
    const shown = await ok('transaction', digest, ...at());
    for (const part of [/^call +membership\.invite$/m, /^by +Founder \(institution\)$/m, /^signed with +did:.*#key-1$/m, /^ {2}invitationId: invitation-3$/m, /can be opened with +nobody#agree-1/, /^ {2}membership\.invited invitation-3/m]) {
      assert.match(shown, part);
    }
    assert.doesNotMatch(shown, /AAAA/);
    assert.equal((JSON.parse(await ok('transaction', digest, ...at(), '-o', 'json')) as TransactionDetail).block.height, 3);
  });

  it('shows the contracts', async () => {
    assert.match(await ok('contracts', ...at()), /^verified by +\d+\.\d+\.\d+\nfounded with[\s\S]*\nflows\.approve +person +DataManager/);
  });

  it('exports what is verified without any ledger at hand', async () => {
    await ok('export', file('chain.jsonl'), ...at());
    await ok('export', file('first.jsonl'), ...at(), '--to', '1');
    await ok('export', file('part.jsonl'), ...at(), '--from', '2');
    const offline = new TestCli();
    try {
      const whole = await offline.run('ledger', 'verify', file('chain.jsonl'), '--network-id', chain.node.networkId);
      assert.equal(whole.code, 0, whole.stderr);
      assert.match(whole.stdout, /^the chain holds\n[\s\S]*rules +verified/);
      const part = await offline.run('ledger', 'verify', file('part.jsonl'), '-o', 'json');
      const { verified, replayed, from, checks } = JSON.parse(part.stdout) as { verified: boolean; replayed: boolean; from: number; checks: ExportReport['checks'] };
      assert.deepEqual([part.code, verified, replayed, from], [0, true, false, 2]);
      assert.deepEqual(checks.filter((each) => !each.verified).map(({ name }) => name), ['network', 'transactionSignatures', 'rules', 'stateRoot']);
      const both = await offline.run('ledger', 'verify', file('first.jsonl'), file('part.jsonl'), '-o', 'json');
      assert.equal((JSON.parse(both.stdout) as { replayed: boolean }).replayed, true);
    } finally {
      offline.remove();
    }
    assert.match(await ok('verify', ...at(), '--network-id', chain.node.networkId), /^the chain holds/);
  });

  it('names what is wrong with a file, with exit code 6', async () => {
    const lines = readFileSync(file('chain.jsonl'), 'utf8').trimEnd().split('\n');
    const broken: [RegExp, readonly string[]][] = [
      [/does not hold: block 2: the transactions root/, lines.map((line, n) => (n === 3 ? line.replace('invitation-2', 'invitation-9') : line))],
      [/broken\.jsonl: block 2 is missing/, lines.filter((_, n) => n !== 3)],
      [/broken\.jsonl: blocks are out of order: block 2 stands before block 1/, [lines[0], lines[1], lines[3], lines[2], lines[4]] as string[]],
      [/broken\.jsonl is truncated: line 5, its last, is cut off/, lines.map((line, n) => (n === 4 ? line.slice(0, -20) : line))],
      [/broken\.jsonl is truncated: it ends with block 1, before block 2/, lines.slice(0, 3)],
    ];
    for (const [message, text] of broken) {
      writeFileSync(file('broken.jsonl'), `${text.join('\n')}\n`);
      await fails(6, message, 'verify', file('broken.jsonl'));
    }
    await fails(6, /chain\.jsonl is of network [0-9a-f]{64}, not of network 0{64}/, 'verify', file('chain.jsonl'), '--network-id', '0'.repeat(64));
    await fails(6, /part\.jsonl begins with block 2, but the files before it end with block 3/, 'verify', file('chain.jsonl'), file('part.jsonl'));
  });

  it('refuses wrong input by name', async () => {
    await fails(3, /height 9: there is no such block; the newest one verified is 3/, 'block', '9', ...at());
    await fails(3, /is on no block up to height 3/, 'transaction', 'a'.repeat(64), ...at());
    await fails(2, /DIGEST abc: give the 64/, 'transaction', 'abc', ...at());
    await fails(2, /HEIGHT -?x: write a height/, 'block', 'x', ...at());
    await fails(2, /--to 1: lies before --from 2/, 'export', file('none.jsonl'), ...at(), '--from', '2', '--to', '1');
    await fails(2, /--last: give either/, 'blocks', ...at(), '--last', '1', '--from', '2');
    await fails(2, /--from, --to: a file is verified as it is/, 'verify', file('chain.jsonl'), '--from', '1');
    await fails(2, /needs --network/, 'blocks');
    await fails(1, /does not follow the ledger of network savings/, 'blocks', ...at('savings'));
    await fails(1, /nothing\.jsonl: cannot be read/, 'verify', file('nothing.jsonl'));
    await fails(3, /height 9/, 'export', file('none.jsonl'), ...at(), '--to', '9');
    assert.ok(!existsSync(file('none.jsonl')) && !existsSync(`${file('none.jsonl')}.part`));
  });
});
