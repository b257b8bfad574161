import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../lib/paths.ts';
import { operatorPages } from './document.ts';

// node hack/src/operators/generate.ts
const folder = join(repositoryRoot, 'docs', 'operators');
mkdirSync(folder, { recursive: true });
for (const [name, text] of operatorPages()) {
  writeFileSync(join(folder, name), text);
  process.stdout.write(`docs/operators/${name}\n`);
}
