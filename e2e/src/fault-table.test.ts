import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { foreignKubeconfig, ledgerDriver } from '@collabnet/hack';
import { cellName } from './fault-table/cell.ts';
import { chosenCells, partOf } from './fault-table/cells.ts';
import { currentDocument, DRIVERS, writtenDocument } from './fault-table/note.ts';
import { runCell } from './fault-table/run-cell.ts';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { offerLarge } from './fixture/large-assets.ts';

// Programs of the node are ended and frozen: only on the local cluster, which is made for it.
const skip = foreignKubeconfig() === undefined ? false : 'needs the local cluster: it ends and freezes programs of the node';

let consortium: Consortium;
before(async () => {
  if (skip !== false) return;
  consortium = await readyConsortium();
  await offerLarge();
});

test('the documents of faults say what was noted and what the tests are; make generate writes them anew', () => {
  for (const driver of DRIVERS) assert.equal(writtenDocument(driver), currentDocument(driver));
});

for (const cell of partOf(chosenCells(process.env['COLLABNET_FAULTS'] ?? 'always', ledgerDriver()), process.env['COLLABNET_FAULTS_PART'])) {
  test(`fault: ${cellName(cell)}: the task ends as if nothing had happened`, { skip }, () => runCell(consortium, cell));
}
