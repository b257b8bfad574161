import type { WireProfile } from '@collabnet/flow';
import { BANK_A, BANK_B, type DemoInstitution } from '../demo/institutions.ts';
import type { Step } from '../lib/progress.ts';
import { removeBarePod, startBarePod } from './bare-engine.ts';
import { offerTables, tableName, withdraw } from './bench-data.ts';
import { removeTasks } from './bench-task.ts';
import { runPsi, type PsiRun } from './measure-psi.ts';
import { giveBackRoom, makeRoom, roomFor, roomIsMade } from './room.ts';

/** Which intersections are measured, and how often. */
interface Wanted {
  readonly rows: readonly number[];
  readonly profiles: readonly WireProfile[];
  readonly runs: number;
}

/** The part `intersection`: each run first as a task, then with bare engines. */
export interface IntersectionSteps {
  readonly steps: readonly Step[];
  readonly cleanUp: readonly Step[];
  /** After the steps: for each size and profile its runs. */
  readonly groups: () => PsiRun[][];
}

/** @param id of this run of the bench; in the names of all that it makes */
export function intersectionSteps({ rows: sizes, profiles, runs: times }: Wanted, id: string): IntersectionSteps {
  if (sizes.length === 0) return { steps: [], cleanUp: [], groups: () => [] };
  const barePod = `bench-bare-${id}`;
  const kinds = sizes.flatMap((rows) => profiles.map((profile) => ({ rows, profile })));
  const planned = Array.from({ length: times }, (_, index) => index + 1).flatMap((nth) => kinds.map(({ rows, profile }) => ({ rows, profile, nth, task: `bench-psi-${id}-${rows}-${profile}-${nth}` })));
  const done: PsiRun[] = [];
  const room = roomFor(Math.max(...sizes));
  const revisions = new Map<DemoInstitution, string>();
  const banks = [BANK_A, BANK_B];
  const widen: Step = {
    title: `Limits of both banks are raised: ${JSON.stringify(room)}`,
    work: async () => {
      if (room !== undefined) for (const bank of banks) revisions.set(bank, await makeRoom(bank, room));
      await roomIsMade(banks);
      return undefined;
    },
  };
  const steps: Step[] = [
    ...(room === undefined ? [] : [widen]),
    {
      title: `Synthetic tables of ${sizes.join(' and ')} rows at both banks, a pod for the bare engine`,
      work: async () => {
        await offerTables(sizes, id);
        await startBarePod(barePod);
        return undefined;
      },
    },
    ...planned.map(({ rows, profile, nth, task }): Step => ({
      title: `Intersection of ${rows} x ${rows} rows, ${profile}, run ${nth} of ${times}`,
      work: async () => {
        const run = await runPsi(tableName(rows, id), rows, profile, task, barePod);
        done.push(run);
        return `bare ${run.bare.seconds.compute.toFixed(2)} s`;
      },
    })),
  ];
  const cleanUp: Step = {
    title: 'Intersections, their tables and volumes are removed',
    work: async () => {
      await removeBarePod(barePod);
      await removeTasks(planned.map(({ task }) => task));
      await withdraw(sizes, id);
      for (const [bank, revision] of revisions) await giveBackRoom(bank, revision);
      await roomIsMade([...revisions.keys()]);
      return undefined;
    },
  };
  return { steps, cleanUp: [cleanUp], groups: () => kinds.map(({ rows, profile }) => done.filter((each) => each.rows === rows && each.profile === profile)) };
}
