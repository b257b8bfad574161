import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collabnet, kubectl, type DemoInstitution, type RunResult } from '@collabnet/hack';

/** A result as its receiver sees it. */
export interface Result {
  readonly header: string[];
  readonly rows: string[][];
}

/** Fetches a result by the command, as the bank's data manager. */
export async function fetchResult(bank: DemoInstitution, task: string, ...options: string[]): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-e2e-'));
  try {
    const file = join(folder, 'result.csv');
    await collabnet(bank.namespace, ['result', 'get', task, '-o', file, '--key', bank.person.name, ...options]);
    const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
    return { header: header.split(','), rows: lines.map((line) => line.split(',')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same, whatever comes of it. */
export function tryFetch(namespace: string, task: string, key: string, ...options: string[]): Promise<RunResult> {
  return collabnet(namespace, ['result', 'get', task, '-o', '-', '--key', key, ...options], { allowFailure: true });
}

const LIST = "process.stdout.write(JSON.stringify(require('node:fs').readdirSync('/var/lib/result-store', { recursive: true })))";

/** Files in a bank's result store that belong to a flow. */
export async function storedFor(bank: DemoInstitution, flowId: string): Promise<string[]> {
  const { stdout } = await kubectl(bank.namespace, ['exec', 'result-store-0', '--', '/usr/local/bin/node', '-e', LIST]);
  return (JSON.parse(stdout) as string[]).filter((path) => path.includes(flowId));
}
