import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartReadme, valuesSchemaText } from './documents.ts';

// node operator/dist/chart/generate.js
const chart = join(import.meta.dirname, '..', '..', '..', 'charts', 'institution');
for (const [name, text] of [['values.schema.json', valuesSchemaText()], ['README.md', chartReadme()]] as const) {
  writeFileSync(join(chart, name), text);
  process.stdout.write(`charts/institution/${name}\n`);
}
