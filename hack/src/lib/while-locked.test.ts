import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { whileLocked } from './while-locked.ts';

const folder = mkdtempSync(join(tmpdir(), 'collabnet-locked-'));
after(() => rmSync(folder, { recursive: true }));

describe('whileLocked', () => {
  it('lets processes that read and write one file lose nothing of each other', async () => {
    const file = join(folder, 'count');
    writeFileSync(file, '0');
    const script = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { whileLocked } from ${JSON.stringify(join(import.meta.dirname, 'while-locked.js'))};
      for (let turn = 0; turn < 25; turn++) whileLocked(${JSON.stringify(`${file}.lock`)}, () => writeFileSync(${JSON.stringify(file)}, String(Number(readFileSync(${JSON.stringify(file)}, 'utf8')) + 1)));`;
    await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])));
    assert.equal(readFileSync(file, 'utf8'), '75');
  });

  it('gives the lock back when the work fails, and takes one that was left behind', () => {
    const lock = join(folder, 'left.lock');
    assert.throws(() => whileLocked(lock, () => { throw new Error('work'); }), /work/);
    assert.equal(existsSync(lock), false);
    mkdirSync(lock);
    utimesSync(lock, new Date(), new Date(Date.now() - 60_000));
    assert.equal(whileLocked(lock, () => 7), 7);
  });
});
