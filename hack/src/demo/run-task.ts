import { randomBytes } from 'node:crypto';
import { rmSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComputeTask, CollabNetwork } from '@collabnet/crds';
import { HackError } from '../lib/hack-error.ts';
import { waitFor } from '../lib/run.ts';
import { collabnet, demoDir } from './cluster.ts';
import { apply, get, list } from './objects.ts';
import { BANK_A, BANK_B, NETWORK, SUPERVISOR, type DemoInstitution } from './institutions.ts';
import { intersectionTask } from './manifests.ts';

/** What the demo tells of a finished task. */
export interface TaskReport {
  name: string;
  task: ComputeTask;
  resultFile: string;
  rows: number;
  /** Seconds between the steps a person sees. */
  seconds: { approval: number; compute: number; fetch: number };
}

const APPROVAL_MS = 120_000;
const COMPUTE_MS = 300_000;

/** Bank A proposes, both banks' data managers consent, the pods compute, bank A fetches its result. */
export async function runTask(): Promise<TaskReport> {
  const name = `common-applicants-${randomBytes(3).toString('hex')}`;
  await apply(BANK_A.namespace, [intersectionTask(await dids(), name)]);
  const from = performance.now();
  await consent(BANK_A, (task) => task.metadata.name === name, name);
  await consent(BANK_B, (task) => task.metadata.name.includes(name), name);
  const approved = performance.now();
  const task = await finished(name);
  const computed = performance.now();
  const resultFile = join(demoDir, `${name}.csv`);
  rmSync(resultFile, { force: true });
  await collabnet(BANK_A.namespace, ['result', 'get', name, '-o', resultFile, '--key', BANK_A.person.name]);
  const rows = readFileSync(resultFile, 'utf8').trim().split('\n').length - 1;
  const seconds = (a: number, b: number): number => Math.round((b - a) / 100) / 10;
  return { name, task, resultFile, rows, seconds: { approval: seconds(from, approved), compute: seconds(approved, computed), fetch: seconds(computed, performance.now()) } };
}

async function dids(): Promise<{ bankA: string; bankB: string; supervisor: string }> {
  const did = async ({ namespace }: DemoInstitution): Promise<string> => (await get<CollabNetwork>(namespace, 'collabnetwork', NETWORK))?.status?.did ?? '';
  return { bankA: await did(BANK_A), bankB: await did(BANK_B), supervisor: await did(SUPERVISOR) };
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
