import { mkdirSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CollabNetwork, DataAsset } from '@collabnet/crds';
import type { WireProfile } from '@collabnet/flow';
import { get } from '../demo/cluster.ts';
import { noteLedger } from '../bench-ledger/ledger-notes.ts';
import { BANK_A, BANK_B, NETWORK } from '../demo/institutions.ts';
import { ledgerDriver, type LedgerDriver } from '../demo/ledger.ts';
import { lastRun } from '../demo/run-notes.ts';
import { HackError } from '../lib/hack-error.ts';
import { runMain } from '../lib/main-guard.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { runSteps, say, totalTime, type Step } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { removeBarePod, startBarePod } from './bare-engine.ts';
import { offerRows, withdraw } from './bench-data.ts';
import { removeTasks } from './bench-task.ts';
import { performanceDocument } from './document.ts';
import { exportChain } from './ledger-times.ts';
import { thisMachine } from './machine.ts';
import { jobFigures, removeJobs, runJobs } from './measure-job.ts';
import { psiFigures, runPsi, type PsiRun } from './measure-psi.ts';
import { runSmallTasks, startFigures, type SmallTask } from './measure-start.ts';
import { measureSm2 } from './measure-sm2.ts';
import { benchOptions } from './options.ts';

const DOCUMENT = join(repositoryRoot, 'docs', 'performance.md');

/** Fails where there is no cluster yet. */
async function networkIsThere(): Promise<boolean> {
  const offered = async ({ namespace }: { namespace: string }): Promise<boolean> =>
    (await get<DataAsset>(namespace, 'dataasset', 'customers'))?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return (await offered(BANK_A)) && (await offered(BANK_B));
}

/** What is measured must be what is named. @throws HackError BAD_ARGUMENT */
async function assertDriver(wanted: LedgerDriver): Promise<undefined> {
  const driver = (await get<CollabNetwork>(BANK_A.namespace, 'collabnetwork', NETWORK))?.spec.ledger.driver;
  if (driver === wanted) return undefined;
  throw new HackError('BAD_ARGUMENT', `LEDGER: the network of the demo is on ${driver ?? 'no ledger'}, not on ${wanted}; run make cluster-down, then make demo LEDGER=${wanted}`);
}

const demo = (): Promise<undefined> => run('make', ['-s', 'demo'], { cwd: repositoryRoot }).then(() => undefined);

runMain(async () => {
  const ledger = ledgerDriver([]);
  const named = benchOptions(process.argv.slice(2));
  // The ledger is not on the path of an intersection: on Fabric only what waits for it is measured.
  const options = ledger === 'fabric' ? { ...named, rows: [], runs: 0 } : named;
  const machine = thisMachine();
  const id = randomBytes(3).toString('hex');
  const barePod = `bench-bare-${id}`;
  const smallTasks = Array.from({ length: options.tasks }, (_, index) => `bench-start-${id}-${index + 1}`);
  const psiTask = (rows: number, profile: WireProfile, nth: number): string => `bench-psi-${id}-${rows}-${profile}-${nth}`;
  const sizes = options.rows.flatMap((rows) => options.profiles.map((profile) => ({ rows, profile })));
  const rounds = Array.from({ length: options.runs }, (_, index) => index + 1);
  const assets = new Map<number, string>();
  const psiRuns: PsiRun[] = [];
  const jobs = Array.from({ length: options.tasks }, (_, index) => `bench-job-${id}-${index + 1}`);
  let started: SmallTask[] = [];
  let jobSeconds: number[] = [];

  const psi = (rows: number, profile: WireProfile, nth: number): Step => ({
    title: `Intersection of ${rows} x ${rows} rows, ${profile}, run ${nth} of ${options.runs}`,
    work: async () => {
      const done = await runPsi(assets.get(rows) ?? '', rows, profile, psiTask(rows, profile, nth), barePod);
      psiRuns.push(done);
      return `bare ${done.bare.seconds.compute.toFixed(2)} s`;
    },
  });
  const cleanUp: Step = {
    title: 'Tasks, assets and volumes of the bench are removed',
    work: async () => {
      await removeBarePod(barePod);
      await removeJobs(jobs);
      await removeTasks([...smallTasks, ...sizes.flatMap(({ rows, profile }) => rounds.map((nth) => psiTask(rows, profile, nth)))]);
      await withdraw(options.rows.map((rows) => `bench-${rows}-${id}`), id);
      return undefined;
    },
  };
  const tables: Step = {
    title: `Synthetic tables of ${options.rows.join(' and ')} rows at both banks, a pod for the bare engine`,
    work: async () => {
      for (const rows of options.rows) assets.set(rows, await offerRows(rows, id));
      await startBarePod(barePod);
      return undefined;
    },
  };
  const measure: Step[] = [
    ...(ledger === 'fabric' ? [] : [tables]),
    ...rounds.flatMap((nth) => sizes.map(({ rows, profile }) => psi(rows, profile, nth))),
    {
      title: `${options.tasks} plain Jobs`,
      work: async () => {
        jobSeconds = await runJobs(jobs);
        return undefined;
      },
    },
    {
      title: `${options.tasks} small tasks`,
      work: async () => {
        started = await runSmallTasks(smallTasks, () => process.stdout.write('.'));
        return undefined;
      },
    },
  ];

  const date = new Date().toISOString();
  await runSteps([
    { title: 'Network of the demo', work: async () => ((await networkIsThere().catch(() => false)) ? 'there' : demo()) },
    { title: `Its ledger is ${ledger}`, work: () => assertDriver(ledger) },
  ]);
  try {
    await runSteps(measure);
  } finally {
    await runSteps([cleanUp]);
  }
  const chain = await exportChain();
  if (ledger === 'fabric') {
    const start = startFigures(chain, started);
    if (options.quick) return say(JSON.stringify(start, null, 2));
    noteLedger('start', { date, machine, figures: { start } });
    return say(`\nwrote docs/fabric-performance.md after ${totalTime()}`);
  }
  if (!options.quick) await runSteps([{ title: 'The demo once more, warm', work: demo }]);
  const text = performanceDocument({
    date: new Date().toISOString(),
    machine,
    options,
    psi: sizes.map(({ rows, profile }) => psiFigures(chain, psiRuns.filter((each) => each.rows === rows && each.profile === profile))),
    start: startFigures(chain, started),
    sm2: measureSm2(options.quick ? 4 : 30),
    job: jobFigures(jobSeconds),
    cold: lastRun(true),
    warm: lastRun(false),
  });
  if (options.quick) return say(`\n${text}`);
  mkdirSync(join(repositoryRoot, 'docs'), { recursive: true });
  writeFileSync(DOCUMENT, text);
  say(`\nwrote ${DOCUMENT} after ${totalTime()}`);
});
