import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComputeTaskSpecInput } from '@collabnet/crds';
import { parse } from 'yaml';
import { repositoryRoot } from '../lib/paths.ts';
import type { Manifest } from './manifests.ts';

type Task = Manifest & { spec: ComputeTaskSpecInput };

/**
 * A task of examples/ for this network, under a name of its own.
 *
 * @param networkId 64 hex digits; a DID holds the first half
 */
export function exampleTask(file: string, networkId: string, name: string): Task {
  const text = readFileSync(join(repositoryRoot, 'examples', file), 'utf8').replaceAll('NETWORK', networkId.slice(0, 32));
  const task = parse(text) as Task;
  return { ...task, metadata: { ...task.metadata, name } };
}
