import type { LedgerDriver } from '@collabnet/hack';
import type { WorkName } from './work.ts';

/** Where a task stands when the fault comes; columns of the table, in the order of a task. */
export const MOMENTS = ['propose', 'approve', 'open', 'reserve', 'prepare', 'start', 'align', 'compute', 'clean', 'settle'] as const;
export type Moment = (typeof MOMENTS)[number];

/** What is done to a part. */
export const ACTIONS = ['kill', 'freeze', 'cut', 'slow'] as const;
export type Action = (typeof ACTIONS)[number];

/** Something that is wrong from {@link begin} to {@link end}. */
export interface Fault {
  /** ms between begin and end. */
  readonly holdMs: number;
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** What a fault may need to know of the task that it hits. */
export interface FaultContext {
  /** Empty before the task is on the ledger. */
  readonly flowId: string;
  /** The step in which the fault comes. */
  readonly step: string;
}

/** One part of the system and what can be done to it; a row of the table. */
export interface Row {
  readonly name: string;
  /** The only driver of the ledger with which the part exists; both, if absent. */
  readonly driver?: LedgerDriver;
  /** In words, for the document. */
  readonly title: string;
  readonly moments: readonly Moment[];
  /** What the task computes; an intersection, if absent. */
  readonly work?: WorkName;
  readonly actions: Readonly<Partial<Record<Action, (context: FaultContext) => Promise<Fault>>>>;
  /** Whether persons can go on working while the fault lasts: not without the API server. */
  readonly blocksApi?: boolean;
  /** Whether it hits everything that runs on the node, other lanes of the tests too. */
  readonly wholeNode?: boolean;
  /** Whether pods go on without the part: then no attempt may be lost with it. */
  readonly sparesPods?: boolean;
  /** Brings about what the row needs, before the task. */
  before?(): Promise<void>;
  after?(): Promise<void>;
}

export interface Cell {
  readonly row: Row;
  readonly action: Action;
  readonly moment: Moment;
}

export function cellName({ row, action, moment }: Cell): string {
  return `${row.name}/${action}/${moment}`;
}
