import type { Step } from '../lib/progress.ts';
import { removeTasks } from './bench-task.ts';
import { removeJobs, runJobs } from './measure-job.ts';
import { runSmallTasks, type SmallTask } from './measure-start.ts';

/** Their times hardly differ. */
const MOST_JOBS = 30;

/** The part `start`: small tasks, and beside them what a cluster's user knows. */
export interface StartSteps {
  readonly steps: readonly Step[];
  readonly cleanUp: readonly Step[];
  /** After the steps. */
  readonly tasks: SmallTask[];
  readonly jobSeconds: number[];
}

/** @param id of this run of the bench; in the names of all that it makes */
export function startSteps(count: number, id: string): StartSteps {
  const names = (kind: string, length: number): string[] => Array.from({ length }, (_, index) => `bench-${kind}-${id}-${index + 1}`);
  const [jobs, smallTasks] = [names('job', Math.min(count, MOST_JOBS)), names('start', count)];
  const tasks: SmallTask[] = [];
  const jobSeconds: number[] = [];
  if (count === 0) return { steps: [], cleanUp: [], tasks, jobSeconds };
  const steps: Step[] = [
    {
      title: `${jobs.length} plain Jobs`,
      work: async () => {
        jobSeconds.push(...(await runJobs(jobs)));
        return undefined;
      },
    },
    {
      title: `${count} small tasks`,
      work: async () => {
        tasks.push(...(await runSmallTasks(smallTasks, () => process.stdout.write('.'))));
        return undefined;
      },
    },
  ];
  const cleanUp: Step = {
    title: 'Jobs and small tasks are removed',
    work: async () => {
      await removeJobs(jobs);
      await removeTasks(smallTasks);
      return undefined;
    },
  };
  return { steps, cleanUp: [cleanUp], tasks, jobSeconds };
}
