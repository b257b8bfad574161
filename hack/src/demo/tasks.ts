import { randomBytes } from 'node:crypto';
import type { CollabNetwork } from '@collabnet/crds';
import { exampleTask } from './example-task.ts';
import { BANK_A, BANK_B, NETWORK, SUPERVISOR, type DemoInstitution } from './institutions.ts';
import { intersectionTask } from './manifests.ts';
import { get } from './objects.ts';
import { fetchTable, runTask, type TaskReport } from './run-task.ts';

/** Which applicants both banks know. */
export interface CommonApplicants extends TaskReport {
  readonly file: string;
  readonly rows: number;
}

/** A model over columns of both banks. */
export interface Scoring extends TaskReport {
  /** By name of the metric. */
  readonly quality: Readonly<Record<string, number>>;
  readonly file: string;
  readonly scores: number;
}

export async function findCommonApplicants(): Promise<CommonApplicants> {
  const of = async (institution: DemoInstitution): Promise<string> => (await networkOf(institution))?.status?.did ?? '';
  const dids = { bankA: await of(BANK_A), bankB: await of(BANK_B), supervisor: await of(SUPERVISOR) };
  const report = await runTask(intersectionTask(dids, `common-applicants-${suffix()}`));
  const { file, records } = await fetchTable(report.name, 'intersect');
  return { ...report, file, rows: records.length - 1 };
}

/** The task of examples/credit-scoring.yaml. */
export async function scoreApplicants(): Promise<Scoring> {
  const networkId = (await networkOf(BANK_A))?.status?.networkID ?? '';
  const report = await runTask(exampleTask('credit-scoring.yaml', networkId, `credit-scoring-${suffix()}`));
  const quality = (await fetchTable(report.name, 'evaluate')).records.slice(1).map((record): [string, number] => [record[0] ?? '', Number(record.at(-1))]);
  const { file, records } = await fetchTable(report.name, 'predict');
  return { ...report, quality: Object.fromEntries(quality), file, scores: records.length - 1 };
}

function networkOf({ namespace }: DemoInstitution): Promise<CollabNetwork | undefined> {
  return get<CollabNetwork>(namespace, 'collabnetwork', NETWORK);
}

function suffix(): string {
  return randomBytes(3).toString('hex');
}
