import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { contractsDigest, digestOfFolder } from './contracts-digest.ts';

test('the digest of the contracts follows each module and its name, and no test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-digest-'));
  try {
    const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
    mkdirSync(join(folder, 'flows'));
    mkdirSync(join(folder, 'testing'));
    write('flows/propose.js', 'a');
    write('index.js', 'b');
    const first = digestOfFolder(folder);
    write('index.test.js', 'c');
    write('testing/suite.js', 'd');
    write('index.d.ts', 'e');
    assert.equal(digestOfFolder(folder), first);
    write('index.js', 'B');
    const changed = digestOfFolder(folder);
    assert.notEqual(changed, first);
    rmSync(join(folder, 'index.js'));
    write('other.js', 'B');
    assert.notEqual(digestOfFolder(folder), changed);
    assert.match(contractsDigest(), /^[0-9a-f]{64}$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
