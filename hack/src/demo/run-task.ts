import { rmSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComputeTask } from '@collabnet/crds';
import { HackError } from '../lib/hack-error.ts';
import { waitFor } from '../lib/run.ts';
import { collabnet, demoDir } from './cluster.ts';
import { apply, get, list } from './objects.ts';
import { BANK_A, BANK_B, type DemoInstitution } from './institutions.ts';
import type { Manifest } from './manifests.ts';

/** What the demo tells of a finished task. */
export interface TaskReport {
  name: string;
  task: ComputeTask;
  /** Seconds between the steps a person sees. */
  seconds: { approval: number; compute: number };
}

const APPROVAL_MS = 120_000;
const COMPUTE_MS = 900_000;

/** Bank A proposes, both banks' data managers consent, the pods compute. */
export async function runTask(manifest: Manifest): Promise<TaskReport> {
  const { name } = manifest.metadata;
  await apply(BANK_A.namespace, [manifest]);
  const from = performance.now();
  await consent(BANK_A, (task) => task.metadata.name === name, name);
  await consent(BANK_B, (task) => task.metadata.name.includes(name), name);
  const approved = performance.now();
  const task = await finished(name);
  const seconds = (a: number, b: number): number => Math.round((b - a) / 100) / 10;
  return { name, task, seconds: { approval: seconds(from, approved), compute: seconds(approved, performance.now()) } };
}

/** Fetches a result as bank A's data manager. @returns where it lies, and its records, header first */
export async function fetchTable(task: string, step: string): Promise<{ file: string; records: string[][] }> {
  const file = join(demoDir, `${task}-${step}.csv`);
  rmSync(file, { force: true });
  await collabnet(BANK_A.namespace, ['result', 'get', task, '--step', step, '-o', file, '--key', BANK_A.person.name]);
  return { file, records: readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(',')) };
}

async function consent(bank: DemoInstitution, holds: (task: ComputeTask) => boolean, what: string): Promise<void> {
  let found: ComputeTask | undefined;
  const look = async (): Promise<boolean> => {
    found = (await list<ComputeTask>(bank.namespace, 'computetasks')).find((task) => holds(task) && task.status?.flowID !== undefined && task.status.specDigest !== undefined);
    return found !== undefined;
  };
  await waitFor(`the proposal ${what} at ${bank.displayName}`, look, APPROVAL_MS, 300);
  await collabnet(bank.namespace, ['approve', found?.metadata.name ?? '', '--key', bank.person.name, '--reason', 'agreed joint credit-risk study', '--yes']);
}

async function finished(name: string): Promise<ComputeTask> {
  let task: ComputeTask | undefined;
  const look = async (): Promise<boolean> => {
    task = await get<ComputeTask>(BANK_A.namespace, 'computetask', name);
    const phase = task?.status?.phase;
    if (phase === 'Failed' || phase === 'Cancelled' || phase === 'ApprovalReject') {
      const ready = task?.status?.conditions?.find(({ type }) => type === 'Ready');
      throw new HackError('NOT_READY', `the task ended as ${phase}: ${ready?.message ?? 'no message'}`);
    }
    return phase === 'Succeeded';
  };
  await waitFor(`task ${name}`, look, COMPUTE_MS, 300);
  if (task === undefined) throw new HackError('NOT_READY', `task ${name} vanished`);
  return task;
}
