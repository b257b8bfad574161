import type { SnapshotCount } from './snapshot-metrics.ts';

/** What there is and what there should be. Times in epoch ms, intervals in ms. */
export interface SnapshotLook {
  /** Undefined when their keeper does not answer. */
  readonly count: SnapshotCount | undefined;
  /** Number of the newest block of the peer. */
  readonly newestBlock: number;
  readonly intervalMs: number;
  readonly now: number;
}

/** Whether backups are in order, as a condition says it. */
export interface SnapshotState {
  /** Whether it is time for another one. */
  readonly due: boolean;
  readonly fresh: boolean;
  readonly reason: string;
  readonly message: string;
}

/** Later than this many intervals a snapshot is missed. */
const LATE_AFTER = 2;

/** A ledger without new blocks since the last snapshot needs no other. */
export function snapshotState({ count, newestBlock, intervalMs, now }: SnapshotLook): SnapshotState {
  const state = (due: boolean, fresh: boolean, reason: string, message: string): SnapshotState => ({ due, fresh, reason, message });
  if (count === undefined) return state(false, false, 'KeeperUnreachable', 'container snapshot-keeper of the peer does not answer or has not read the snapshots yet; look at its log');
  const { last } = count;
  if (last === undefined) return state(true, false, 'NoSnapshot', 'there is no snapshot yet; the peer takes the first one');
  const age = now - last.time;
  const covered = last.block >= newestBlock;
  const due = !covered && age >= intervalMs;
  const message = `the last snapshot holds block ${last.block}, taken at ${new Date(last.time).toISOString()}`;
  if (!covered && age > LATE_AFTER * intervalMs) return state(due, false, 'SnapshotLate', `${message}; the ledger is at block ${newestBlock}. Look at the log of the peer and at the space on the volume`);
  if (count.damaged > 0) return state(due, false, 'SnapshotDamaged', `${count.damaged} snapshots do not fit their hashes; look at the log of container snapshot-keeper and delete them. ${message}`);
  return state(due, true, 'SnapshotTaken', message);
}
