import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import type { CourierJob } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import type { Cell } from '../input/arrow-rows.ts';
import { artefactHeader } from '../input/artefact-header.ts';
import { inputCommitments } from '../input/commitments.ts';
import { givenRows } from '../input/given-rows.ts';
import { writeRowFiles } from '../input/row-files.ts';
import { artefact } from './artefact.ts';
import type { Result } from './result.ts';

const columns = ['id', 'office', 'score'];
const giver = { salt: Buffer.alloc(32, 7), rows: { name: 'list', kind: 'Rows', asset: 'bank-a/customers', version: 3, keys: ['id', 'office'], columns: ['score'] } } as unknown as Assignment;
const receiver = { self: { name: 'b' }, peers: [{ name: 'a', did: 'did:collab:x:bank-a' }], layout: [{ party: 'a', input: 'list', kind: 'Rows', columns }] } as unknown as CourierJob;
const rows: Cell[][] = [['1', 'a,b', '0.5'], ['2', '', null], ['1', 'a,b', 'line\nbreak "q"'], [null, 'x', '1']];

let folder: string;
let engineFile: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collabnet-artefact-'));
  engineFile = join(folder, 'engine.csv');
});
after(() => rm(folder, { recursive: true }));

/** What the engine carries from the giver's courier to the receiver's. */
async function give(): Promise<string> {
  async function* blocks(): AsyncGenerator<Cell[][]> {
    yield await Promise.resolve(rows);
  }
  const options = { keys: ['id', 'office'], columns, engineFile, rowsFile: join(folder, 'rows.csv') };
  const frozen = await writeRowFiles(blocks(), options, givenRows(artefactHeader(giver, columns), columns, 2));
  assert.deepEqual([frozen.rows, frozen.keys, frozen.engineRows], [4, 2, 4]);
  return inputCommitments(giver, { rows: frozen, files: [] })[0]?.commitment ?? '';
}

async function take(change: (text: string) => string = (text) => text, job: CourierJob = receiver): Promise<Result> {
  const file = join(folder, 'received.csv');
  await writeFile(file, change(await readFile(engineFile, 'utf8')));
  return artefact(file, job);
}

describe('rows that are handed on', () => {
  test('arrive octet for octet, and prove that they are what the giver committed to', async () => {
    const commitment = await give();
    const result = await take();
    assert.deepEqual([result.rows, result.received], [4, { from: 'did:collab:x:bank-a', input: 'list', commitment }]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const text = (await buffer(result.blocks() as AsyncIterable<Buffer>)).toString();
      assert.equal(text, 'id,office,score\n1,"a,b",0.5\n2,"",\n1,"a,b","line\nbreak ""q"""\n,x,1\n');
    }
  });

  test('give another commitment when anything of them was changed on the way', async () => {
    const commitment = await give();
    const changes: ((text: string) => string)[] = [
      (text) => text.replace('0.5', '0.6'),
      (text) => text.replace(',x,1\n', ''),
      (text) => text.replace('bank-a/customers', 'bank-a/others'),
      (text) => text.replace('"version":3', '"version":4'),
      (text) => text.replace(/"salt":"./, '"salt":"Z'),
    ];
    for (const change of changes) assert.notEqual((await take(change)).received?.commitment, commitment, change.toString());
  });

  for (const [what, change, message] of [
    ['without a header', (text: string) => text.replace(/^.*\n/, ''), /header/],
    ['with a header of another kind', (text: string) => text.replace('artefact/v1', 'artefact/v2'), /header that is none/],
    ['with other columns than the step names', (text: string) => text.replace('"score"]', '"income"]'), /other columns than the step/],
    ['with other columns than the header', (text: string) => text.replace('\nid,office,score', '\nid,office,income'), /other columns than its header/],
    ['with a row of another length', (text: string) => text.replace(',x,1', ',x'), /line \d+/],
    ['of an input that nobody gives', (text: string) => text.replace('"input":"list"', '"input":"other"'), /no input that another party gives/],
    ['that are cut off', (text: string) => text.slice(0, text.indexOf('\n') + 1), /has no header/],
  ] as const) {
    test(`${what} are refused`, async () => {
      await give();
      await assert.rejects(take(change), { code: 'RESULT_INVALID', message });
    });
  }
});
