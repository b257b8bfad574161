import { randomBytes } from 'node:crypto';
import { lastRun } from '../demo/run-notes.ts';
import { runDemo } from './demo-network.ts';
import { runSteps, type Step } from '../lib/progress.ts';
import { intersectionSteps } from './intersection-steps.ts';
import { exportChain } from './ledger-times.ts';
import { thisMachine } from './machine.ts';
import { jobFigures } from './measure-job.ts';
import { psiFigures } from './measure-psi.ts';
import { mpcSteps } from './mpc-steps.ts';
import { measureSm2 } from './measure-sm2.ts';
import { setsSteps } from './sets-steps.ts';
import { startFigures } from './measure-start.ts';
import type { BenchOptions, BenchPart } from './options.ts';
import type { PerformanceNotes } from './performance-figures.ts';
import { startSteps } from './start-steps.ts';

/** What one part came to. */
type Measured = Partial<PerformanceNotes>;

/** Those that need the network of the demo. */
export const ON_CLUSTER: readonly BenchPart[] = ['intersection', 'mpc', 'sets', 'start'];

/** Measures the wanted parts one after another; each is handed on before the next begins, so that a late failure loses none. */
export async function runParts(options: BenchOptions, keep: (measured: Measured) => void): Promise<void> {
  for (const part of options.parts) keep(await PARTS[part](options));
}

const PARTS: Record<BenchPart, (options: BenchOptions) => Promise<Measured>> = { intersection, mpc, sets, start, sm2, demo };

async function intersection(options: BenchOptions): Promise<Measured> {
  const run = begun();
  const { steps, cleanUp, groups } = intersectionSteps(options, newId());
  await cleanedUp(steps, cleanUp);
  const chain = await exportChain();
  return { intersections: groups().map((runs) => ({ ...run, figures: psiFigures(chain, runs) })) };
}

async function mpc({ quick }: BenchOptions): Promise<Measured> {
  const run = begun();
  const { steps, cleanUp, found } = mpcSteps(quick ? 1000 : 10_000, newId());
  await cleanedUp(steps, cleanUp);
  return { mpc: { ...run, figures: found() } };
}

async function sets({ quick }: BenchOptions): Promise<Measured> {
  const run = begun();
  const { steps, cleanUp, found } = setsSteps(quick ? { asked: 200, few: 1000, many: 2000 } : { asked: 1000, few: 100_000, many: 1_000_000 }, newId());
  await cleanedUp(steps, cleanUp);
  return { sets: { ...run, figures: found() } };
}

async function start({ tasks: count }: BenchOptions): Promise<Measured> {
  const run = begun();
  const { steps, cleanUp, tasks, jobSeconds } = startSteps(count, newId());
  await cleanedUp(steps, cleanUp);
  return { start: { ...run, figures: { start: startFigures(await exportChain(), tasks), job: jobFigures(jobSeconds) } } };
}

function sm2({ quick }: BenchOptions): Promise<Measured> {
  return Promise.resolve({ sm2: { ...begun(), figures: measureSm2(quick ? 4 : 30) } });
}

/** The cold run is the one that built the cluster, if this machine has noted one. */
async function demo(): Promise<Measured> {
  await runSteps([{ title: 'The demo once more, warm', work: runDemo }]);
  const [cold, warm] = [lastRun(true), lastRun(false)];
  return { demo: { ...(cold && { cold }), ...(warm && { warm }) } };
}

function begun(): { date: string; machine: ReturnType<typeof thisMachine> } {
  return { date: new Date().toISOString(), machine: thisMachine() };
}

/** In the names of all that a part makes. */
function newId(): string {
  return randomBytes(3).toString('hex');
}

async function cleanedUp(steps: readonly Step[], cleanUp: readonly Step[]): Promise<void> {
  try {
    await runSteps(steps);
  } finally {
    await runSteps(cleanUp);
  }
}
