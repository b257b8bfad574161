import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { foreignKubeconfig } from '@collabnet/hack';
import { cellName } from './fault-table/cell.ts';
import { chosenCells, partOf } from './fault-table/cells.ts';
import { currentDocument, writtenDocument } from './fault-table/note.ts';
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

test('docs/faults.md says what docs/faults.json and the tests say; make generate writes it anew', () => {
  assert.equal(writtenDocument(), currentDocument());
});

for (const cell of partOf(chosenCells(process.env['COLLABNET_FAULTS'] ?? 'always'), process.env['COLLABNET_FAULTS_PART'])) {
  test(`fault: ${cellName(cell)}: the task ends as if nothing had happened`, { skip }, () => runCell(consortium, cell));
}
