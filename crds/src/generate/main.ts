import { join } from 'node:path';
import { staleFiles, writeFiles } from './files.ts';

// node crds/src/generate/main.ts [--check]
const root = join(import.meta.dirname, '..', '..', '..');
if (process.argv.includes('--check')) {
  const stale = staleFiles(root);
  if (stale.length > 0) {
    process.stderr.write(`out of date, run 'make generate':\n${stale.map((path) => `  ${path}\n`).join('')}`);
    process.exitCode = 1;
  }
} else {
  for (const path of writeFiles(root)) process.stdout.write(`${path}\n`);
}
