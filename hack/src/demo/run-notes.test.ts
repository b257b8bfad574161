import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lastRun, noteRun } from './run-notes.ts';

test('the last cold and the last warm run are found, also behind a torn line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-notes-'));
  try {
    const file = join(folder, 'deeper', 'runs.jsonl');
    assert.equal(lastRun(true, file), undefined);
    const run = { date: '2026-01-01T00:00:00.000Z', phases: [] };
    noteRun({ ...run, cold: true, seconds: 500 }, file);
    noteRun({ ...run, cold: false, seconds: 60 }, file);
    noteRun({ ...run, cold: false, seconds: 50 }, file);
    noteRun({ ...run, cold: false, ledger: 'fabric', seconds: 70 }, file);
    appendFileSync(file, '{"date":"20');
    assert.equal(lastRun(true, file)?.seconds, 500);
    assert.equal(lastRun(false, file, 'fabric')?.seconds, 70);
    assert.equal(lastRun(false, file)?.seconds, 50);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
