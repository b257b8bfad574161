import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scaleDocument } from './document.ts';
import { benchScaleOptions } from './options.ts';
import { scaleFiguresSchema, type ScaleFigures, type ScaleNote } from './scale-figures.ts';
import { scaleNotes } from './scale-notes.ts';

const MIB = 1024 ** 2;
const machine = { cores: 2, cpu: 'A processor', memoryBytes: 8 * 1024 * MIB, kernel: '6.1.0', load: 7.25 };
const resource = { tasks: 10_000, onLedger: 10_000, warm: false, listedMs: 4_000, followingMs: 90_000, freshMs: 700, resident: 220 * MIB, peak: 230 * MIB, heap: 60 * MIB, processorSeconds: 80 };
const sample = { minute: 1, heap: 40 * MIB, resident: 180 * MIB, descriptors: 60 };

function noteOf(part: Partial<ScaleFigures>): ScaleNote {
  return { date: '2026-02-03T04:05:06.007Z', machine, figures: scaleFiguresSchema.parse(part) };
}

function documentOf(part: Partial<ScaleFigures>): string {
  return scaleDocument({ resources: noteOf(part) });
}

test('targets are judged, also those that are missed', () => {
  const text = documentOf({
    resources: [resource, { ...resource, tasks: 50_000, warm: true }],
    finish: { tasks: 500, ms: 61_000, operatorSeconds: 20, ledgerSeconds: 5 },
    failOver: { reconcileMs: [16_000, 19_900], followingMs: [17_000, 21_000] },
    churn: { minutes: 20, tasks: 800, samples: [{ ...sample, minute: 0.1, heap: 20 * MIB }, { ...sample, minute: 3 }, { ...sample, minute: 20, heap: 45 * MIB }] },
    disconnects: { cuts: 100, connections: 2_000, changes: 3_000, lost: 0, p99: 2_000 },
  });
  assert.match(text, /\| resident memory of the operator at 10,000 tasks \| 220 MiB \| <= 256 MiB \| yes \|/);
  assert.match(text, /\| still lists and proposes a new task at 50,000 \| listed in 4\.0 s, proposed in 0\.7 s \|/);
  assert.match(text, /\| 500 tasks to their end .* \| 61\.0 s \| <= 60 s \| \*\*no\*\* \|/);
  assert.match(text, /worst of 2 \| 19\.9 s \| <= 20\.0 s \| yes \|/);
  assert.match(text, /growth of heap over 20 min of churn \| 12\.5 %, descriptors 60 to 60 \| .* \| \*\*no\*\* \|/);
  assert.match(text, /changes lost over 100 forced disconnects \| 0 \| 0 \| yes \|/);
  assert.match(text, /\| resources \| 2026-02-03 04:05 UTC \| 2 cores, A processor, 8\.0 GiB, kernel 6\.1\.0 \| 7\.3: not idle \|/);
});

test('a part that was not run is left out', () => {
  const text = documentOf({ resources: [resource] });
  assert.doesNotMatch(text, /cert-manager \d|Fail-over|Churn for|to their end/);
});

const folder = mkdtempSync(join(tmpdir(), 'collabnet-notes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('docs/scale.md says what was noted; make generate writes it anew', () => {
  assert.equal(readFileSync(scaleNotes().documentFile, 'utf8'), scaleDocument(scaleNotes().read()));
});

test('the last run of a part is kept, with its document', () => {
  const notes = scaleNotes(folder);
  const note = noteOf({ resources: [resource] });
  notes.note({ rate: { ...note, date: 'before' } });
  notes.note({ rate: note });
  assert.deepEqual(notes.read(), { rate: note });
  assert.equal(readFileSync(notes.documentFile, 'utf8'), scaleDocument({ rate: note }));
});

test('options name what they do not know', () => {
  assert.deepEqual(benchScaleOptions(['--parts', 'churn', '--churn-minutes', '60']), { parts: ['churn'], sizes: ['--churn-minutes', '60'], quick: false });
  assert.equal(benchScaleOptions(['--quick']).sizes.length > 0, true);
  assert.throws(() => benchScaleOptions(['--parts', 'x']), { code: 'BAD_ARGUMENT', message: /--parts x/ });
  assert.throws(() => benchScaleOptions(['--speed', '1']), { code: 'BAD_ARGUMENT', message: /--speed/ });
});
