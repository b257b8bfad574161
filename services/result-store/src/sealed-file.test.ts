import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { randomBytes } from '@collabnet/sm';
import { StoreError } from './errors.ts';
import { ResultFiles } from './result-files.ts';
import { resultPath } from './result-id.ts';
import type { ResultId } from './result-id.ts';
import { SealedReader, chunkBytes } from './sealed-file.ts';
import { StoreKeys } from './store-keys.ts';

const key = randomBytes(32);
const id: ResultId = { flowId: 'a'.repeat(64), step: 's', output: 'o' };
let root: string;
let files: ResultFiles;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sealed-'));
  files = await ResultFiles.open({ root, keys: new StoreKeys([key]) });
});
after(() => rm(root, { recursive: true }));

// eslint-disable-next-line @typescript-eslint/require-await
async function* pieces(data: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}
const options = { networkId: 'n', attempt: 1, contentType: 'text/csv' };
async function readAll(from: ResultFiles, which = id): Promise<Buffer> {
  const opened = await from.read(which);
  assert.ok(opened);
  try {
    const parts: Buffer[] = [];
    for await (const chunk of opened.chunks()) parts.push(chunk);
    return Buffer.concat(parts);
  } finally {
    await opened.close();
  }
}
const corrupt = (error: unknown): boolean => error instanceof StoreError && error.code === 'RESULT_CORRUPT';

test('every length comes back, and nothing readable lies on the disk', async () => {
  for (const [index, length] of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 3 * chunkBytes + 17].entries()) {
    const which = { ...id, output: `len-${index}` };
    const data = Buffer.alloc(length, 'secret text ');
    await files.put(which, pieces(data, 100_003), options);
    assert.deepEqual(await readAll(files, which), data, `length ${length}`);
    const raw = await readFile(resultPath(root, which));
    for (const word of ['secret text', 'text/csv', which.output]) assert.equal(raw.indexOf(word), -1, word);
  }
});

test('any changed, missing or moved byte is found', async () => {
  const data = Buffer.from(randomBytes(2 * chunkBytes + 5));
  await files.put(id, pieces(data, 65_536), options);
  const path = resultPath(root, id);
  const good = await readFile(path);
  const frame = chunkBytes + 52;
  const variants: [string, Buffer][] = [
    ...[0, 9, 20, 32, 40, 32 + frame - 1, good.length - 1, good.length - 60].map((at): [string, Buffer] => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      return [`bit at ${at}`, bad];
    }),
    ['cut', good.subarray(0, -1)],
    ['empty', Buffer.alloc(0)],
    ['chunks exchanged', Buffer.concat([good.subarray(0, 32), good.subarray(32 + frame, 32 + 2 * frame), good.subarray(32, 32 + frame), good.subarray(32 + 2 * frame)])],
  ];
  for (const [name, bad] of variants) {
    await writeFile(path, bad);
    await assert.rejects(readAll(files), (error) => error instanceof StoreError && ['RESULT_CORRUPT', 'STORE_KEY'].includes(error.code), name);
  }
  await writeFile(path, good);
  assert.deepEqual(await readAll(files), data);
  const other = { ...id, output: 'other' };
  await files.put(other, pieces(Buffer.from('x'), 1), options);
  await writeFile(resultPath(root, other), good);
  await assert.rejects(readAll(files, other), corrupt, 'a genuine file under another name');
});

test('a rotated key still opens; without it, nothing does', async () => {
  const next = randomBytes(32);
  const both = await ResultFiles.open({ root, keys: new StoreKeys([next, key]) });
  const data = await readAll(both);
  await both.put({ ...id, output: 'new' }, pieces(Buffer.from('n'), 1), options);
  const only = await ResultFiles.open({ root, keys: new StoreKeys([next]) });
  assert.equal((await readAll(only, { ...id, output: 'new' })).toString(), 'n');
  await assert.rejects(readAll(only), { code: 'STORE_KEY' });
  assert.deepEqual(await readAll(both), data);
});

test('a reader keeps what it opened while the result is replaced', async () => {
  const which = { ...id, output: 'swap' };
  await files.put(which, pieces(Buffer.alloc(600_000, 1), 65_536), options);
  const opened = await files.read(which);
  await files.put(which, pieces(Buffer.alloc(10, 2), 10), { ...options, attempt: 2 });
  let bytes = 0;
  for await (const chunk of opened?.chunks() ?? []) bytes += chunk.length;
  await opened?.close();
  assert.equal(bytes, 600_000);
  assert.equal((await readAll(files, which)).length, 10);
});

test('two writers of one result do not mix', async () => {
  const which = { ...id, output: 'race' };
  const results = await Promise.allSettled([files.put(which, pieces(Buffer.alloc(300_000, 1), 1000), options), files.put(which, pieces(Buffer.alloc(300_000, 2), 1000), options)]);
  assert.deepEqual(results.map((result) => result.status), ['fulfilled', 'rejected']);
});

test('only one chunk is held: the writer waits for the disk before it takes more', async () => {
  let taken = 0;
  const which = { ...id, output: 'large' };
  const total = 400;
  // eslint-disable-next-line @typescript-eslint/require-await
  const source = async function* (): AsyncGenerator<Buffer> {
    for (; taken < total; taken += 1) yield Buffer.alloc(64 * 1024, taken);
  };
  const put = files.put(which, source(), options);
  let largestLead = 0;
  const [temporary] = await waitFor(() => readdir(join(root, 'unfinished')), (list) => list.length > 0);
  const handle = await open(join(root, 'unfinished', temporary ?? ''), 'r');
  while (taken < total) {
    const { size } = await handle.stat();
    largestLead = Math.max(largestLead, taken * 64 * 1024 - size);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await put;
  await handle.close();
  assert.ok(largestLead <= 4 * chunkBytes, `${largestLead} bytes taken ahead of the disk`);
});

test('results older than their retention go, also those that cannot be opened', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'retention-'));
  const store = await ResultFiles.open({ root: fresh, keys: new StoreKeys([key]) });
  for (const output of ['old', 'broken', 'new']) await store.put({ ...id, output }, pieces(Buffer.from(output), 10), options);
  await writeFile(resultPath(fresh, { ...id, output: 'broken' }), 'garbage');
  for (const output of ['old', 'broken']) await utimes(resultPath(fresh, { ...id, output }), 1000, 1000);
  const removed = await store.removeBefore(Date.now() - 1000_000);
  assert.deepEqual(removed.map((each) => each.output), ['broken', 'old']);
  assert.deepEqual((await store.list({ limit: 10 })).items.map((each) => each.output), ['new']);
  await rm(fresh, { recursive: true });
});

test('a store killed in a delivery shows nothing of it, and cleans up at the next start', async () => {
  const dead = await mkdtemp(join(tmpdir(), 'killed-'));
  const script = `
    import { ResultFiles } from ${JSON.stringify(new URL('./result-files.js', import.meta.url).href)};
    import { StoreKeys } from ${JSON.stringify(new URL('./store-keys.js', import.meta.url).href)};
    const files = await ResultFiles.open({ root: ${JSON.stringify(dead)}, keys: new StoreKeys([Buffer.from(${JSON.stringify(Buffer.from(key).toString('hex'))}, 'hex')]) });
    async function* endless() { for (let i = 0; ; i++) { yield Buffer.alloc(300000, i); if (i === 5) process.stdout.write('writing'); await new Promise((r) => setTimeout(r, 5)); } }
    await files.put(${JSON.stringify(id)}, endless(), ${JSON.stringify(options)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  assert.equal((await readdir(join(dead, 'unfinished'))).length, 1);
  const again = await ResultFiles.open({ root: dead, keys: new StoreKeys([key]) });
  assert.equal(await again.metadata(id), undefined);
  assert.deepEqual((await again.list({ limit: 10 })).items, []);
  assert.deepEqual(await readdir(join(dead, 'unfinished')), []);
  assert.equal(again.usedBytes, 0);
  await again.put(id, pieces(Buffer.from('ok'), 2), options);
  assert.equal((await readAll(again)).toString(), 'ok');
  await rm(dead, { recursive: true });
});

test('a file that was renamed into place half written is not taken for a result', async () => {
  const which = { ...id, output: 'half' };
  await files.put(which, pieces(Buffer.alloc(2 * chunkBytes, 1), 65_536), options);
  const path = resultPath(root, which);
  const good = await readFile(path);
  await writeFile(`${path}.x`, good.subarray(0, chunkBytes));
  await rename(`${path}.x`, path);
  const handle = await open(path, 'r');
  await assert.rejects(SealedReader.open(handle, new StoreKeys([key])), corrupt);
  await handle.close();
});

async function waitFor<T>(ask: () => Promise<T>, until: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (until(value)) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
