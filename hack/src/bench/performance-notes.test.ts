import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { performanceDocument } from './document.ts';
import { benchOptions } from './options.ts';
import type { PerformanceNotes } from './performance-figures.ts';
import { performanceNotes, withMeasured } from './performance-notes.ts';

const machine = { cores: 2, cpu: 'A processor', memoryBytes: 1, kernel: '6.1.0', load: 0 };
const spent = { wall: 1, busy: 1, stolen: 0, parts: {} };
const sm2 = { date: 'then', machine, figures: [] };

function intersection(rows: number, profile: 'intl' | 'gm', date: string): PerformanceNotes['intersections'][number] {
  const task = { prepare: 1, align: 1, compute: 1, clean: 1, engineMemory: 1, courierMemory: 1, exchanged: 1 };
  return { date, machine, figures: { rows, profile, runs: 1, task, bare: { connect: 1, compute: 1, memory: 1, exchanged: 1 }, spent: { task: spent, bare: spent }, ratio: 1 } };
}

test('a run takes the place of the last one of the same size and profile, and leaves the others', () => {
  const known: PerformanceNotes = { intersections: [intersection(1_000, 'intl', 'then'), intersection(1_000, 'gm', 'then')], sm2, demo: {} };
  const notes = withMeasured(known, { intersections: [intersection(10_000, 'gm', 'now'), intersection(1_000, 'gm', 'now')] });
  assert.deepEqual(notes.intersections.map(({ date, figures: { rows, profile } }) => `${rows} ${profile} ${date}`), ['1000 intl then', '1000 gm now', '10000 gm now']);
  assert.equal(notes.sm2, sm2);
});

test('a run of one part leaves the noted demo as it is, and a warm demo the cold one', () => {
  const demoRun = (cold: boolean, seconds: number): NonNullable<PerformanceNotes['demo']['cold']> => ({ date: 'then', cold, seconds, phases: [] });
  const known: PerformanceNotes = { intersections: [], demo: { cold: demoRun(true, 300), warm: demoRun(false, 90) } };
  assert.deepEqual(withMeasured(known, { sm2 }).demo, known.demo);
  assert.deepEqual(withMeasured(known, { demo: { warm: demoRun(false, 80) } }).demo, { cold: known.demo.cold, warm: demoRun(false, 80) });
});

test('docs/performance.md says what was noted; make generate writes it anew', () => {
  assert.equal(readFileSync(performanceNotes().documentFile, 'utf8'), performanceDocument(performanceNotes().read()));
});

test('what is noted is read again as it was, and is in the document', () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-bench-'));
  try {
    performanceNotes(folder).note({ intersections: [intersection(1_000, 'intl', 'then')] });
    performanceNotes(folder).note({ sm2 });
    const notes = performanceNotes(folder).read();
    assert.deepEqual([notes.intersections.length, notes.sm2], [1, sm2]);
    assert.equal(readFileSync(join(folder, 'performance.md'), 'utf8'), performanceDocument(notes));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an option that is none is named', () => {
  const { parts, rows, profiles } = benchOptions(['--parts', 'intersection', '--rows', '10000000', '--runs', '1']);
  assert.deepEqual([parts, rows, profiles], [['intersection'], [10_000_000], ['intl', 'gm']]);
  assert.throws(() => benchOptions(['--parts', 'psi']), /--parts psi: give intersection or mpc or sets or start or sm2 or demo/);
  assert.throws(() => benchOptions(['--rows', '10']), /--rows 10: give a whole number of at least 200/);
});
