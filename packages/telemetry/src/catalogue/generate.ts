import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsDocument } from './document.ts';

// node packages/telemetry/dist/catalogue/generate.js
writeFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'metrics.md'), metricsDocument());
process.stdout.write('docs/metrics.md\n');
