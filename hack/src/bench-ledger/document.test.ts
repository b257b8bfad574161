import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ledgerDocument } from './document.ts';
import type { LedgerFigures, LedgerNote } from './ledger-figures.ts';
import { ledgerNotes } from './ledger-notes.ts';
import { benchLedgerOptions } from './options.ts';

const machine = { cores: 2, cpu: 'A processor', memoryBytes: 8 * 1024 ** 3, kernel: '6.1.0', load: 3.25 };
const rate = (callsPerSecond: number, cpu: number): { callsPerSecond: number; cpuPerCall: Record<string, number> } => ({ callsPerSecond, cpuPerCall: { driver: cpu, chaincode: cpu } });
const throughput = {
  orderers: 1,
  organisations: 2,
  batchTimeoutMs: 200,
  inFlight: 50,
  rounds: 5,
  callsPerRound: 200,
  write: { nothing: rate(100, 5), contract: rate(62, 10) },
  alone: { nothing: 250, contract: 300 },
  read: { nothing: rate(500, 1), peer: rate(100, 8), replica: rate(5_000, 0.1) },
  deployment: { channel: 5, contracts: 8, genesis: 2 },
};

function noteOf(figures: LedgerFigures): LedgerNote {
  return { date: '2026-02-03T04:05:06.007Z', machine, figures };
}

test('the document in docs is the one that its figures give', () => {
  assert.equal(readFileSync(ledgerNotes().documentFile, 'utf8'), ledgerDocument(ledgerNotes().read()));
});

test('targets are judged, for each number of orderers and on the cluster', () => {
  const slow = { ...throughput, orderers: 3, write: { ...throughput.write, contract: rate(59, 10) } };
  const start = { tasks: 30, p50: 4, p95: 5.2, p99: 5.5, max: 6, spent: { wall: 4, busy: 6, stolen: 0, parts: {} }, parts: { reserve: 3, start: 0.5, firstByte: 0.5 } };
  const text = ledgerDocument({ throughput: noteOf({ throughput: [throughput, slow] }), start: noteOf({ start }) });
  assert.match(text, /, 1 orderer \| 0\.62 \| >= 0\.6 \| yes \|/);
  assert.match(text, /, 3 orderers \| 0\.59 \| >= 0\.6 \| \*\*no\*\* \|/);
  assert.match(text, /p95 \| 5\.2 s \| <= 5 s \| \*\*no\*\* \|/);
  assert.match(text, /\| 1 \| 100 \| 62 \| \*\*0\.62\*\* \| 0\.50 \| 250 \| 300 \| 1\.20 \|/);
  assert.match(text, /\| throughput \| 2026-02-03 04:05 UTC \| 2 cores, A processor, 8\.0 GiB \| 3\.3 \|/);
});

test('growth is that of 10,000 receipts, whatever was measured', () => {
  const kib = 1024;
  const receiptsAlone = { blocks: 200 * 8 * kib, state: 200 * kib, other: 200 * kib };
  const growth = { flows: 100, receipts: 200, transactionOctets: 2 * kib, receiptsAlone, flowsWhole: { blocks: 1_100 * 8 * kib, state: 0, other: 0 }, flowTransactions: 1_100 };
  const text = ledgerDocument({ growth: noteOf({ growth }) });
  assert.match(text, /\| receipts alone \| 200 \| 78 MiB \| 20 MiB \| 8\.0 KiB \| 4\.0 \|/);
  assert.match(text, /Extrapolated from 200 receipts of 100 two-party flows/);
});

test('the share of SM2 is that of all verifications of a call', () => {
  const profile = { calls: 400, driver: { 'SM2 and SM3': 1, contracts: 1 }, chaincode: { 'SM2 and SM3': 1, 'messages to Fabric': 3 } };
  const text = ledgerDocument({ throughput: noteOf({ throughput: [throughput] }), profile: noteOf({ profile }) });
  assert.match(text, /are 7\.5 ms of the 20\.0 ms .*: \*\*38 %\*\*/);
  assert.match(text, /\| messages to Fabric \| 0 %, 0\.0 ms \| 75 %, 7\.5 ms \|/);
});

test('a part that is run again takes the place of its last run, and leaves the others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-bench-'));
  try {
    ledgerNotes(folder).note({ throughput: noteOf({ throughput: [throughput] }) });
    ledgerNotes(folder).note({ profile: noteOf({ profile: { calls: 1, driver: {}, chaincode: {} } }) });
    ledgerNotes(folder).note({ profile: noteOf({ profile: { calls: 2, driver: {}, chaincode: {} } }) });
    const notes = ledgerNotes(folder).read();
    assert.deepEqual([Object.keys(notes), notes.profile?.figures.profile?.calls], [['throughput', 'profile'], 2]);
    assert.equal(readFileSync(join(folder, 'fabric-performance.md'), 'utf8'), ledgerDocument(notes));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an option that is none is named', () => {
  assert.deepEqual(benchLedgerOptions(['--parts', 'growth', '--flows', '10']), { parts: ['growth'], sizes: ['--flows', '10'], quick: false });
  assert.throws(() => benchLedgerOptions(['--parts', 'start']), /--parts start: there is no such part/);
});
