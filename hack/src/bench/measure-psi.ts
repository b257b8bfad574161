import type { WireProfile } from '@collabnet/flow';
import { runBare, type BareRun } from './bare-engine.ts';
import { consent, podsGone, propose, reach, type Intersection } from './bench-task.ts';
import { median } from './figures.ts';
import { receiptsOf, type Block, type MeasuredReceipt } from './ledger-times.ts';
import type { PsiFigures, Spent } from './performance-figures.ts';
import { ProcessorTime } from './processor-time.ts';
import { middleSpent } from './spent.ts';

/** One run of an intersection: as a task, then bare, so that both see the machine in the same mood. */
export interface PsiRun {
  readonly rows: number;
  readonly profile: WireProfile;
  readonly flowId: string;
  readonly bare: BareRun;
  readonly spent: { readonly task: Spent; readonly bare: Spent };
}

export async function runPsi(asset: string, rows: number, wireProfile: WireProfile, task: string, barePod: string): Promise<PsiRun> {
  const what: Intersection = { asset, wireProfile, keys: { a: ['id'], b: ['id'] }, payload: 'amount' };
  const waiting = await propose(what, task);
  await consent(waiting);
  const longest = longestMs(rows);
  await reach(task, ['Running', 'Succeeded'], longest);
  const [, ofTask] = await during(() => reach(task, ['Succeeded'], longest));
  await podsGone(waiting);
  const [bare, ofBare] = await during(() => runBare(barePod, rows));
  return { rows, profile: wireProfile, flowId: waiting.flowId, bare, spent: { task: ofTask, bare: ofBare } };
}

/** Long enough for a second attempt on a busy machine. */
function longestMs(rows: number): number {
  return 300_000 + (rows / 1_000_000) * 120_000;
}

async function during<T>(work: () => Promise<T>): Promise<[T, Spent]> {
  const processors = await ProcessorTime.start();
  const done = await work();
  return [done, await processors.stop()];
}

/** Figures of the runs with the same number of rows and profile; at least one. */
export function psiFigures(chain: readonly Block[], runs: readonly PsiRun[]): PsiFigures {
  const receipts = runs.map(({ flowId }) => receiptsOf(chain, flowId));
  const worst = (read: (receipt: MeasuredReceipt) => number): number => median(receipts.map((both) => Math.max(...both.map(read))));
  const bare = (read: (run: BareRun) => number): number => median(runs.map((run) => read(run.bare)));
  const compute = worst(({ phases }) => phases.compute);
  const bareCompute = bare(({ seconds }) => seconds.compute);
  return {
    rows: runs[0]?.rows ?? 0,
    profile: runs[0]?.profile ?? 'intl',
    runs: runs.length,
    task: {
      prepare: worst(({ phases }) => phases.prepare),
      align: worst(({ phases }) => phases.align),
      compute,
      clean: worst(({ phases }) => phases.clean),
      engineMemory: worst(({ peakMemory }) => peakMemory.engine),
      courierMemory: worst(({ peakMemory }) => peakMemory.courier),
      exchanged: worst(({ transcripts }) => Object.values(transcripts).reduce((sum, { sentBytes, receivedBytes }) => sum + sentBytes + receivedBytes, 0)),
    },
    bare: { connect: bare(({ seconds }) => seconds.connect), compute: bareCompute, memory: bare(({ peakRssBytes }) => peakRssBytes), exchanged: bare(({ exchangedBytes }) => exchangedBytes) },
    spent: { task: middleSpent(runs.map(({ spent }) => spent.task)), bare: middleSpent(runs.map(({ spent }) => spent.bare)) },
    ratio: compute / bareCompute,
  };
}
