/** Writes docs/faults.md anew from what the tests noted and from the names of the tests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@collabnet/hack';
import { faultsDocument } from './document.ts';
import { otherFaults } from './other-faults.ts';
import { readResults } from './results.ts';

writeFileSync(join(repositoryRoot, 'docs', 'faults.md'), faultsDocument(readResults(), otherFaults()));
