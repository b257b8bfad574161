import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** A custom resource as plain, mutable JSON. */
export interface Sample {
  apiVersion: string;
  kind: string;
  metadata: { name: string; [key: string]: unknown };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests break samples in ways that types forbid
  spec: any;
}

export const packageRoot = join(import.meta.dirname, '..', '..');

/** Every object in crds/samples, by file. */
export function samples(): { file: string; object: Sample }[] {
  const directory = join(packageRoot, 'samples');
  return readdirSync(directory)
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(directory, file), 'utf8')).map((document) => ({ file, object: document.toJSON() as Sample })));
}

/** A fresh copy of a sample, e.g. `sample('collabnetwork-founder')` or `sample('participantdid', 1)`. */
export function sample(file: string, index = 0): Sample {
  const found = samples().filter((one) => one.file === `${file}.yaml`)[index];
  if (found === undefined) throw new Error(`no document ${index} in crds/samples/${file}.yaml`);
  return found.object;
}
