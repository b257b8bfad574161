import assert from 'node:assert/strict';
import { test } from 'node:test';
import { performanceDocument } from './document.ts';
import type { PerformanceNotes } from './performance-figures.ts';

const MIB = 1024 ** 2;
const task = { prepare: 1, align: 0.5, compute: 1.3, clean: 0.2, engineMemory: 200 * MIB, courierMemory: 120 * MIB, exchanged: 50 * MIB };
const bare = { connect: 1.1, compute: 1, memory: 190 * MIB, exchanged: 49 * MIB };
const spent = { wall: 2, busy: 3, stolen: 0.5, parts: { engine: 2.5, courier: 0.5, ledger: 0.01 } };
const both = { task: spent, bare: { wall: 1, busy: 2, stolen: 0, parts: { engines: 2 } } };
const date = '2026-02-03T04:05:06.007Z';
const machine = { cores: 2, cpu: 'A processor', memoryBytes: 8 * 1024 * MIB, kernel: '6.1.0', load: 0.2 };
const run = { date, machine };
const START = { start: { tasks: 20, p50: 3, p95: 5.04, p99: 5.5, max: 6, spent, parts: { reserve: 2, start: 0.3, firstByte: 0.7 } }, job: { jobs: 20, p50: 1.25, p95: 2.5 } };
const MEASURED: PerformanceNotes = {
  intersections: [
    { ...run, figures: { rows: 10_000, profile: 'intl', runs: 3, task, bare, spent: both, ratio: 1.3 } },
    { ...run, figures: { rows: 100_000, profile: 'intl', runs: 3, task: { ...task, courierMemory: 257 * MIB }, bare, spent: both, ratio: 1.31 } },
    { ...run, figures: { rows: 100_000, profile: 'gm', runs: 3, task, bare, spent: both, ratio: 1.31 } },
  ],
  start: { ...run, figures: START },
  demo: { warm: { date: '2026-02-03T04:00:00.000Z', cold: false, seconds: 60, phases: [{ title: 'Cluster', seconds: 4 }] } },
};

const rowOf = (text: string, start: string): string => text.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? `no row ${start}`;

test('targets are judged by the size that they are set for, else by the largest, and by what was measured, not by what is shown', () => {
  const text = performanceDocument(MEASURED);
  assert.match(rowOf(text, 'intersection with `intl`'), /at 100,000 rows \| 1\.31 \|.*\*\*no\*\*, at a smaller size \|$/);
  assert.match(rowOf(text, 'intersection with `gm`'), /\| 1\.31 \|.* yes, at a smaller size \|$/);
  assert.match(rowOf(text, 'memory of the engine'), /200 MiB .* yes, at a smaller size \|$/);
  assert.match(rowOf(text, 'memory of the courier'), /257 MiB .*\*\*no\*\*, at a smaller size \|$/);
  assert.match(rowOf(text, 'last approval'), /5\.0 s .*\*\*no\*\* \|$/);
  assert.match(rowOf(text, '`make demo`, cold'), /no run noted .*\| +\|$/);
  assert.match(rowOf(text, '`make demo`, warm'), /60 s .* yes \|$/);
});

test('a larger input than the targets are set for does not count against them', () => {
  const at = (rows: number, ratio: number): PerformanceNotes['intersections'][number] => ({ ...run, figures: { rows, profile: 'intl', runs: 1, task, bare, spent: both, ratio } });
  const text = performanceDocument({ ...MEASURED, intersections: [at(1_000_000, 1.2), at(10_000_000, 1.9)] });
  assert.match(rowOf(text, 'intersection with `intl`'), /at 1,000,000 rows \| 1\.20 \|.* yes \|$/);
});

test('a busy machine is named with what ran on it', () => {
  const text = performanceDocument({ ...MEASURED, start: { date, machine: { ...machine, load: 7 }, figures: START } });
  assert.match(rowOf(text, 'start'), /7\.0: not idle/);
  assert.doesNotMatch(rowOf(text, 'intersection of 10,000'), /not idle/);
});

test('a part that was not measured has no section, and no verdict', () => {
  const text = performanceDocument({ intersections: [], demo: {} });
  assert.match(rowOf(text, 'last approval'), /no run noted .*\| +\|$/);
  assert.doesNotMatch(text, /## Intersection|## Where the processors|Infinity|NaN|undefined/);
});

test('what the phases of a demo leave is shown, so that the column adds up', () => {
  assert.match(rowOf(performanceDocument(MEASURED), 'setup, reading'), /\| 56\.0 \|$/);
});

test('a task is compared with a plain Job of the same run', () => {
  const text = performanceDocument({ ...MEASURED, start: { ...run, figures: { ...START, start: { ...START.start, p50: 5, p95: 6 } } } });
  assert.match(rowOf(text, 'plain Kubernetes Job'), /\| 20 \| 1\.3 \| 2\.5 \| 4\.0 \| 2\.4 \|$/);
});

test('the profile names what takes the processors, for the largest input, and leaves out what takes none', () => {
  const text = performanceDocument(MEASURED);
  assert.match(rowOf(text, 'processor seconds'), /from the last approval on \| 100,000 rows, intl \| its bare engines \| 100,000 rows, gm \| its bare engines \|$/);
  assert.match(rowOf(text, 'engine '), /\| 2\.50 \| 2\.50 \| {2}\| 2\.50 \| {2}\|$/);
  assert.match(rowOf(text, 'share of the processors'), /\| 75 % \| 75 % \| 100 %/);
  assert.equal(rowOf(text, 'ledger'), 'no row ledger');
  assert.match(rowOf(text, 'withheld'), /\| 13 % \| 13 % \| 0 %/);
  assert.match(text, /in use or withheld for at least 85 % of the time in "from the last approval on"/);
});
