import { randomBytes } from 'node:crypto';
import { API_VERSION, type ComputeTask, type ComputeTaskSpecInput } from '@collabnet/crds';
import { list, NETWORK, type DemoInstitution, type Manifest } from '@collabnet/hack';
import type { Consortium } from '../fixture/consortium.ts';
import { BANK_A, BANK_B } from '../fixture/institutions.ts';
import { decide } from './approvals.ts';
import { saysOf, type Conditioned } from './conditions.ts';
import { eventually, remove, type Target } from './objects.ts';
import { until } from './until.ts';

export interface TaskOptions {
  readonly purpose?: string;
  readonly runID?: string;
  readonly operator?: 'Intersection' | 'Difference';
  readonly protocol?: 'RR22' | 'ECDH';
  readonly receivers?: ('a' | 'b')[];
  readonly asset?: string;
  readonly algorithm?: string;
  readonly maxAttempts?: number;
  readonly approvalTimeout?: string;
  readonly columns?: string[];
  readonly wireProfile?: 'intl' | 'gm';
}

/** A name that no other task has. */
export function taskName(stem: string): string {
  return `${stem}-${randomBytes(3).toString('hex')}`;
}

/** The intersection of both banks' customers, with the bank's own names for the same two key columns. */
export function psiTask(consortium: Consortium, name: string, options: TaskOptions = {}): Manifest & { spec: ComputeTaskSpecInput } {
  const receivers = options.receivers ?? ['a'];
  const asset = options.asset ?? 'customers';
  const spec: ComputeTaskSpecInput = {
    networkRef: { name: NETWORK },
    ...(options.runID === undefined ? {} : { runID: options.runID }),
    purpose: options.purpose ?? `test ${name}`,
    trustModel: 'TwoPartySemiHonest',
    wireProfile: options.wireProfile ?? 'intl',
    ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
    ...(options.approvalTimeout === undefined ? {} : { approvalTimeout: options.approvalTimeout }),
    parties: [
      { name: 'a', did: consortium.bankA },
      { name: 'b', did: consortium.bankB },
    ],
    steps: [
      {
        name: 'intersect',
        ...(options.operator === undefined ? {} : { operator: options.operator }),
        algorithm: { name: 'psi', version: options.algorithm ?? '1.0.0' },
        roles: { compute: ['a', 'b'], receivers },
        inputs: [
          { name: 'left', party: 'a', asset, keys: ['id_card', 'branch'], columns: receivers.includes('a') ? (options.columns ?? ['dir']) : [] },
          { name: 'right', party: 'b', asset, keys: ['cert_no', 'office'], columns: receivers.includes('b') ? ['ccs'] : [] },
        ],
        parameters: options.protocol === undefined ? {} : { protocol: options.protocol },
        outputs: [{ name: 'result', receivers }],
      },
    ],
  };
  return { apiVersion: API_VERSION, kind: 'ComputeTask', metadata: { name }, spec };
}

export function taskAt({ namespace }: DemoInstitution, name: string): Target {
  return { namespace, kind: 'computetask', name };
}

/** A task as its test wants to see it. */
export type SeenTask = ComputeTask & Conditioned;

/** Until a task is on the ledger and seen, ms: an operator may have to start anew and read the ledger first. */
const SEEN_MS = 120_000;

/** The name under which the other bank sees a task of bank A; waits until it does. */
export async function mirrorOf(name: string, bank: DemoInstitution = BANK_B, proposer: DemoInstitution = BANK_A): Promise<string> {
  const proposedAs = `${proposer.namespace}/${name}`;
  return until(
    async () => (await list<ComputeTask>(bank.namespace, 'computetasks')).find(({ metadata }) => metadata.annotations?.['collabnet.dev/proposed-as'] === proposedAs)?.metadata.name,
    SEEN_MS,
    () => `${bank.displayName} was to see ${proposedAs}`,
  );
}

/** Waits until the task is on the ledger and asks for consent. */
export async function proposed(name: string, bank: DemoInstitution = BANK_A, timeoutMs = SEEN_MS): Promise<SeenTask> {
  return eventually<SeenTask, SeenTask>(taskAt(bank, name), 'was to be proposed', (task) => task.status?.specDigest !== undefined && task, timeoutMs);
}

/** The data manager of bank A consents to its own task. */
export async function approveAsA(name: string): Promise<void> {
  await proposed(name);
  await decide('approve', BANK_A, name, 'agreed for this test');
}

/** The data manager of bank B consents to a task of bank A. */
export async function approveAsB(name: string): Promise<void> {
  const mirror = await mirrorOf(name);
  await proposed(mirror, BANK_B);
  await decide('approve', BANK_B, mirror, 'agreed for this test');
}

export async function approveAsBoth(name: string): Promise<void> {
  await Promise.all([approveAsA(name), approveAsB(name)]);
}

const ENDS = ['Succeeded', 'Failed', 'Cancelled', 'ApprovalReject'];

/** Waits until the task has ended, one way or the other. */
export function ended(name: string, timeoutMs = 180_000, bank: DemoInstitution = BANK_A): Promise<SeenTask> {
  return eventually<SeenTask, SeenTask>(taskAt(bank, name), 'was to end', (task) => ENDS.includes(task.status?.phase ?? '') && task, timeoutMs);
}

/** Waits until the task has succeeded; another end is reported with its reason. */
export async function succeeded(name: string, timeoutMs = 180_000): Promise<SeenTask> {
  const task = await ended(name, timeoutMs);
  if (task.status?.phase !== 'Succeeded') throw new Error(`task ${name} was to succeed: ${saysOf(task)}; steps ${JSON.stringify(task.status?.steps)}`);
  return task;
}

/** Waits until the task is in a phase, and fails at once when it has ended before. */
export function inPhase(name: string, phase: string, timeoutMs = 180_000, bank: DemoInstitution = BANK_A): Promise<SeenTask> {
  return eventually<SeenTask, SeenTask>(
    taskAt(bank, name),
    `was to be ${phase}`,
    (task) => {
      const now = task.status?.phase ?? '';
      if (now === phase) return task;
      if (ENDS.includes(now)) throw new Error(`task ${name} was to be ${phase} and has ended: ${saysOf(task)}`);
      return undefined;
    },
    timeoutMs,
  );
}

/** Deletes tasks of bank A; open flows are cancelled by that. */
export function removeTasks(...names: string[]): Promise<void> {
  return remove(BANK_A.namespace, 'computetask', ...names);
}
