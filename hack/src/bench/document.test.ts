import assert from 'node:assert/strict';
import { test } from 'node:test';
import { performanceDocument, type Measured } from './document.ts';

const MIB = 1024 ** 2;
const task = { prepare: 1, align: 0.5, compute: 1.3, clean: 0.2, engineMemory: 200 * MIB, courierMemory: 120 * MIB, exchanged: 50 * MIB };
const bare = { connect: 1.1, compute: 1, memory: 190 * MIB, exchanged: 49 * MIB };
const spent = { wall: 2, busy: 3, parts: { engine: 2.5, courier: 0.5, ledger: 0.01 } };
const both = { task: spent, bare: { wall: 1, busy: 2, parts: { engines: 2 } } };
const MEASURED: Measured = {
  date: '2026-02-03T04:05:06.007Z',
  machine: { cores: 2, cpu: 'A processor', memoryBytes: 8 * 1024 * MIB, kernel: '6.1.0', load: 0.2 },
  options: { rows: [10_000, 100_000], profiles: ['intl', 'gm'], runs: 3, tasks: 20 },
  psi: [
    { rows: 10_000, profile: 'intl', runs: 3, task, bare, spent: both, ratio: 1.3 },
    { rows: 100_000, profile: 'intl', runs: 3, task: { ...task, courierMemory: 257 * MIB }, bare, spent: both, ratio: 1.31 },
    { rows: 100_000, profile: 'gm', runs: 3, task, bare, spent: both, ratio: 1.31 },
  ],
  start: { tasks: 20, p50: 3, p95: 5.04, max: 6, spent, parts: { reserve: 2, start: 0.3, firstByte: 0.7 } },
  job: { jobs: 20, p50: 1.25, p95: 2.5 },
  cold: undefined,
  warm: { date: '2026-02-03T04:00:00.000Z', cold: false, seconds: 60, phases: [{ title: 'Cluster', seconds: 4 }] },
};

const rowOf = (text: string, start: string): string => text.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? `no row ${start}`;

test('targets are judged by the largest input and by what was measured, not by what is shown', () => {
  const text = performanceDocument(MEASURED);
  assert.match(rowOf(text, 'intersection with `intl`'), /at 100,000 rows \| 1\.31 \|.*\*\*no\*\*, at a smaller size \|$/);
  assert.match(rowOf(text, 'intersection with `gm`'), /\| 1\.31 \|.* yes, at a smaller size \|$/);
  assert.match(rowOf(text, 'memory of the engine'), /200 MiB .* yes, at a smaller size \|$/);
  assert.match(rowOf(text, 'memory of the courier'), /257 MiB .*\*\*no\*\*, at a smaller size \|$/);
  assert.match(rowOf(text, 'last approval'), /5\.0 s .*\*\*no\*\* \|$/);
  assert.match(rowOf(text, '`make demo`, cold'), /no run noted .*\| +\|$/);
  assert.match(rowOf(text, '`make demo`, warm'), /60 s .* yes \|$/);
});

test('a busy machine is named', () => {
  const text = performanceDocument({ ...MEASURED, machine: { ...MEASURED.machine, load: 7 } });
  assert.match(rowOf(text, 'load before'), /not idle/);
});

test('what the phases of a demo leave is shown, so that the column adds up', () => {
  assert.match(rowOf(performanceDocument(MEASURED), 'setup, reading'), /\| 56\.0 \|$/);
});

test('a task is compared with a plain Job of the same run', () => {
  const text = performanceDocument({ ...MEASURED, start: { ...MEASURED.start, p50: 5, p95: 6 } });
  assert.match(rowOf(text, 'plain Kubernetes Job'), /\| 20 \| 1\.3 \| 2\.5 \| 4\.0 \| 2\.4 \|$/);
});

test('the profile names what takes the processors, for the largest input, and leaves out what takes none', () => {
  const text = performanceDocument(MEASURED);
  assert.match(rowOf(text, 'processor seconds'), /from the last approval on \| 100,000 rows, intl \| its bare engines \| 100,000 rows, gm \| its bare engines \|$/);
  assert.match(rowOf(text, 'engine '), /\| 2\.50 \| 2\.50 \| {2}\| 2\.50 \| {2}\|$/);
  assert.match(rowOf(text, 'share of 2 processors'), /\| 75 % \| 75 % \| 100 %/);
  assert.equal(rowOf(text, 'ledger'), 'no row ledger');
});
