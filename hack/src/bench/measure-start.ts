import { consent, podsGone, propose, reach, type Intersection, type WaitingTask } from './bench-task.ts';
import { median, percentile } from './figures.ts';
import { timesOf, type Block } from './ledger-times.ts';
import type { Spent, StartFigures } from './performance-figures.ts';
import { ProcessorTime } from './processor-time.ts';
import { meanSpent } from './spent.ts';

/** The demo's customers: small, so that the time is that of the machinery. */
const SMALL: Intersection = { asset: 'customers', keys: { a: ['id_card', 'branch'], b: ['cert_no', 'office'] }, payload: 'dir', wireProfile: 'intl' };

/** A task that was run, and what the processors did meanwhile. */
export interface SmallTask {
  readonly flowId: string;
  readonly spent: Spent;
}

/**
 * Runs small tasks, one after another; the next one is proposed while the last one finishes, and nothing else runs
 * between an approval and its first byte.
 */
export async function runSmallTasks(names: readonly string[], onDone: (done: number) => void): Promise<SmallTask[]> {
  const tasks: SmallTask[] = [];
  let next = names[0] === undefined ? undefined : await propose(SMALL, names[0]);
  for (const [index, name] of names.entries()) {
    if (next === undefined) break;
    await consent(next);
    const processors = await ProcessorTime.start();
    await reach(name, ['Running', 'Succeeded']);
    tasks.push({ flowId: next.flowId, spent: await processors.stop() });
    const following = names[index + 1];
    const proposal = following === undefined ? undefined : propose(SMALL, following);
    [next] = await Promise.all([proposal, finished(next)]);
    onDone(index + 1);
  }
  return tasks;
}

async function finished(task: WaitingTask): Promise<void> {
  await reach(task.name, ['Succeeded']);
  await podsGone(task);
}

export function startFigures(chain: readonly Block[], tasks: readonly SmallTask[]): StartFigures {
  const times = tasks.map(({ flowId }) => timesOf(chain, flowId));
  const seconds = times.map(({ approved, touched }) => (touched - approved) / 1000);
  const part = (read: (each: (typeof times)[number]) => number): number => median(times.map(read)) / 1000;
  return {
    tasks: tasks.length,
    p50: percentile(seconds, 50),
    p95: percentile(seconds, 95),
    p99: percentile(seconds, 99),
    max: Math.max(...seconds),
    spent: meanSpent(tasks.map(({ spent }) => spent)),
    parts: {
      reserve: part(({ approved, reserved }) => reserved - approved),
      start: part(({ reserved, started }) => started - reserved),
      firstByte: part(({ started, touched }) => touched - started),
    },
  };
}
