import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskFromManifest, type SourceTask } from './source-task.ts';

/** Id of a network, in the place that the examples leave for it. */
export const NETWORK = '0123456789abcdef0123456789abcdef';

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', '..', 'examples');

/** Names of the files in examples/ that hold a ComputeTask, without `.yaml`. */
export function exampleNames(): string[] {
  return readdirSync(EXAMPLES)
    .filter((file) => file.endsWith('.yaml') && readFileSync(join(EXAMPLES, file), 'utf8').includes('kind: ComputeTask'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** Text of an example, as it can be applied. */
export function exampleText(name: string): string {
  return readFileSync(join(EXAMPLES, `${name}.yaml`), 'utf8').replaceAll('NETWORK', NETWORK);
}

/** An example, read as `--file` is. */
export function example(name: string): SourceTask {
  return taskFromManifest(exampleText(name), `${name}.yaml`);
}
