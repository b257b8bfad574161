import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import iconv from 'iconv-lite';
import { tableFromIPC } from 'apache-arrow';
import { ProxyError } from '../errors.ts';
import { connectorSuite } from '../testing/connector-suite.ts';
import { ArrowStreamEncoder } from './arrow-stream.ts';
import { assetDefinition } from './asset-definition.ts';
import type { AssetDefinition } from './asset-definition.ts';
import type { Cell } from './connector.ts';
import { FileConnector } from './file-connector.ts';
import { fingerprintOf } from './fingerprint.ts';

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const csv = (rows: readonly (readonly string[])[], end = '\n'): string => rows.map((row) => row.map(quote).join(',') + end).join('');

let folder: string;
let connector: FileConnector;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  await mkdir(join(folder, 'data'));
  connector = new FileConnector(join(folder, 'data'));
});
after(() => rm(folder, { recursive: true }));

connectorSuite(async () => {
  const root = await mkdtemp(join(tmpdir(), 'suite-'));
  const path = join(root, 'a.csv');
  return {
    connector: new FileConnector(root),
    asset: (columns) => assetDefinition.parse({ assetId: 'bank/a', networkId: 'n', path: 'a.csv', columns }),
    write: (columns, rows) => writeFile(path, csv([columns, ...rows])),
    remove: () => rm(path),
    close: () => rm(root, { recursive: true }),
  };
});

const base = {
  assetId: 'bank/x', networkId: 'n', path: 'x.csv',
  columns: [{ name: '编号', type: 'String', role: 'Identifier' }, { name: 'city', type: 'String', role: 'Feature' }],
};
const define = (change: object = {}): AssetDefinition => assetDefinition.parse({ ...base, ...change });
async function read(content: string | Buffer, change: object = {}): Promise<Cell[][]> {
  const asset = define(change);
  await writeFile(join(folder, 'data', asset.path), content);
  const source = await connector.open(asset);
  const rows: Cell[][] = [];
  try {
    for await (const batch of source.scan()) rows.push(...batch.rows.map((row) => [...row]));
  } finally {
    await source.close();
  }
  return rows;
}
const fault = (code: string, line?: number, column?: string) => (error: unknown) => {
  assert.ok(error instanceof ProxyError, String(error));
  assert.equal(error.code, code, error.message);
  assert.equal(error.location?.file, 'x.csv');
  if (line !== undefined) assert.equal(error.location?.line, line, error.message);
  if (column !== undefined) assert.equal(error.location?.column, column);
  return true;
};
const two = [['一', '北京'], ['二', '上海']];

test('dialects: encodings, byte order marks, line ends, delimiters, quotes, order and more columns give one content', async () => {
  const text = '编号,city\n一,北京\n二,上海\n';
  const variants: [string | Buffer, object?][] = [
    [text],
    [`\uFEFF${text}`],
    [text.replaceAll('\n', '\r\n')],
    [text.trimEnd()],
    [`${text}\n\r\n`],
    ['"编号","city"\n"一","北京"\n二,上海\n'],
    ['city,extra,编号\n北京,"1\n2",一\n上海,2,二\n'],
    [text.replaceAll(',', '|'), { delimiter: '|' }],
    [text.replaceAll(',', '\t'), { format: 'TXT' }],
    ['一,北京\n二,上海\n', { header: false }],
    [iconv.encode(text, 'gb18030'), { encoding: 'gb18030' }],
    [iconv.encode(text, 'gb18030', { addBOM: true }), { encoding: 'gb18030' }],
    [iconv.encode(text, 'gbk'), { encoding: 'gbk' }],
  ];
  const prints = new Set<string>();
  for (const [content, change] of variants) {
    assert.deepEqual(await read(content, change), two, JSON.stringify(change ?? String(content)));
    const asset = define(change);
    const source = await connector.open(asset);
    prints.add((await fingerprintOf(source, asset, new Uint8Array(16))).fingerprint);
    await source.close();
  }
  assert.equal(prints.size, 1);
});

test('a character of GB 18030 split by the read buffer, and four byte ones, come through', async () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => [`𠮷${index}`, '㐂张三'.repeat(1 + (index % 5))]);
  assert.deepEqual(await read(iconv.encode(csv([['编号', 'city'], ...rows]), 'gb18030'), { encoding: 'gb18030' }), rows);
});

test('TXT takes quotes as they are', async () => {
  assert.deepEqual(await read('编号\tcity\n"一\t5" disk\n', { format: 'TXT' }), [['"一', '5" disk']]);
});

test('quoted fields hold delimiters, quotes and line breaks', async () => {
  const rows = [['一', 'a,b'], ['二', 'say "hi"'], ['三', 'x\r\ny\nz'], ['四', ' lead']];
  assert.deepEqual(await read(csv([['编号', 'city'], ...rows], '\r\n')), rows);
});

test('faults of a file are named by line', async () => {
  const cases: [string, string | Buffer, string, number?, object?][] = [
    ['empty', '', 'SOURCE_EMPTY'],
    ['only a mark', '\uFEFF', 'SOURCE_EMPTY'],
    ['only empty lines', '\n\r\n\n', 'SOURCE_EMPTY'],
    ['no header', '一,北京\n二,上海\n', 'SOURCE_HEADER_MISSING', 1],
    ['duplicate header', '编号,city,city\n1,2,3\n', 'SOURCE_HEADER_DUPLICATE', 1],
    ['missing column', '编号,town\n1,2\n', 'SOURCE_COLUMN_MISSING', 1],
    ['case differs', '编号,City\n1,2\n', 'SOURCE_COLUMN_MISSING', 1],
    ['fields without header', '1,2,3\n', 'SOURCE_COLUMN_MISSING', 1, { header: false }],
    ['too few fields', '编号,city\n1,2\n3\n4,5\n', 'SOURCE_ROW_BROKEN', 3],
    ['too many fields', '编号,city\n1,2,3\n', 'SOURCE_ROW_BROKEN', 2],
    ['open quote', '编号,city\n1,"2\n3,4\n', 'SOURCE_ROW_BROKEN'],
    ['text after quote', '编号,city\n1,2\n1,"2"x\n', 'SOURCE_ROW_BROKEN', 3],
    ['quote inside', '编号,city\n1,2"3\n', 'SOURCE_ROW_BROKEN', 2],
    ['NUL', '编号,city\n1,2\n3,\0\n', 'SOURCE_NUL_BYTE', 3],
    ['UTF-16', Buffer.from('\uFEFF编号,city\n', 'utf16le'), 'SOURCE_ENCODING', 1],
    ['gbk as utf-8', Buffer.concat([Buffer.from('编号,city\n1,2\n3,'), iconv.encode('北京', 'gbk'), Buffer.from('\n')]), 'SOURCE_ENCODING', 3],
    ['utf-8 with mark as gbk', '\uFEFF编号,city\n', 'SOURCE_ENCODING', 1, { encoding: 'gbk' }],
    ['broken gb18030', Buffer.concat([iconv.encode('编号,city\n1,2\n', 'gb18030'), Buffer.from([0x33, 0x2c, 0xff, 0x0a])]), 'SOURCE_ENCODING', 3, { encoding: 'gb18030' }],
    ['cut in a character', Buffer.from('编号,city\n1,京').subarray(0, -1), 'SOURCE_ENCODING', 2],
    ['identifier empty', '编号,city\n1,2\n,3\n', 'SOURCE_IDENTIFIER_EMPTY', 3],
    ['endless line', Buffer.alloc(9 * 1024 * 1024, 65), 'SOURCE_LINE_TOO_LONG', 1],
  ];
  for (const [name, content, code, line, change] of cases) {
    await assert.rejects(read(content, change), fault(code, line), name);
  }
});

test('lines are counted over quoted line breaks', async () => {
  await assert.rejects(read('编号,city\n1,"a\nb\nc"\n2,x\n,3\n'), fault('SOURCE_IDENTIFIER_EMPTY', 6, '编号'));
});

test('paths cannot leave the mounted source', async () => {
  await writeFile(join(folder, 'other.csv'), '编号,city\n1,2\n');
  await symlink(join(folder, 'other.csv'), join(folder, 'data', 'link.csv'));
  for (const path of ['../other.csv', 'link.csv']) {
    await assert.rejects(connector.open(define({ path })), (error: unknown) => error instanceof ProxyError && error.code === 'SOURCE_OUTSIDE_ROOT', path);
  }
  await mkdir(join(folder, 'data', 'folder.csv'));
  await assert.rejects(connector.open(define({ path: 'folder.csv' })), (error: unknown) => error instanceof ProxyError && error.code === 'SOURCE_UNREADABLE');
});

test('Arrow carries types, nulls, roles and only the columns asked', () => {
  const columns: AssetDefinition['columns'] = [
    { name: 'id', type: 'Integer', role: 'Identifier' }, { name: 'n', type: 'Integer', role: 'Feature' },
    { name: 'd', type: 'Decimal', role: 'Feature' }, { name: 'b', type: 'Boolean', role: 'Label' },
  ];
  const encoder = new ArrowStreamEncoder(columns, ['b', 'id', 'd', 'n'], { asset: 'bank/a' });
  const parts = [encoder.encode([['007', '9223372036854775807', '1.10', 'true'], ['8', null, null, null]]), encoder.encode([['九', '-1', '0', 'false']]), encoder.end()];
  const table = tableFromIPC(parts);
  assert.deepEqual(table.schema.fields.map((field) => `${field.name} ${String(field.type)} ${field.metadata.get('role')}`), ['b Bool Label', 'id Utf8 Identifier', 'd Utf8 Feature', 'n Int64 Feature']);
  assert.equal(table.schema.metadata.get('asset'), 'bank/a');
  assert.deepEqual(table.toArray().map((row: { toJSON(): unknown }) => row.toJSON()), [
    { b: true, id: '007', d: '1.10', n: 9223372036854775807n }, { b: null, id: '8', d: null, n: null }, { b: false, id: '九', d: '0', n: -1n },
  ]);
});

test('a million rows are read one batch at a time', { timeout: 120_000 }, async () => {
  const path = join(folder, 'data', 'big.csv');
  const out = createWriteStream(path);
  out.write('编号,city\n');
  for (let block = 0; block < 100; block += 1) {
    let text = '';
    for (let index = 0; index < 10_000; index += 1) text += `${block * 10_000 + index},"city, ${index % 97}"\n`;
    if (!out.write(text)) await once(out, 'drain');
  }
  await new Promise<void>((resolve) => out.end(() => resolve()));
  const source = await connector.open(define({ path: 'big.csv' }));
  let rows = 0;
  let largest = 0;
  for await (const batch of source.scan()) {
    assert.equal(batch.firstRow, rows);
    rows += batch.rows.length;
    largest = Math.max(largest, batch.rows.length);
  }
  await source.close();
  assert.equal(rows, 1_000_000);
  assert.equal(largest, 8192);
});
