import { APPROVAL, COMPUTE_TASK } from '../controllers/kinds.ts';
import { deleteIgnoreMissing } from '../runtime/index.ts';
import type { ChurnFigures, ChurnSample } from './figures.ts';
import type { OperatorProgram } from './operator-program.ts';
import { each } from './pool.ts';
import { runToRefusal } from './tasks.ts';
import type { World } from './world.ts';

const BATCH = 20;
const BATCH_MS = 300_000;

/** Tasks come, are refused and are deleted, again and again; heap after a full collection and descriptors are sampled. */
export async function measureChurn(world: World, operator: OperatorProgram, minutes: number, samples: number): Promise<ChurnFigures> {
  const started = performance.now();
  const passed = (): number => (performance.now() - started) / 60_000;
  const taken: ChurnSample[] = [];
  let tasks = 0;
  const sample = async (): Promise<void> => {
    const heap = await operator.heap();
    taken.push({ minute: passed(), heap, resident: operator.program.memory().resident, descriptors: operator.program.descriptors() });
  };
  while (passed() < minutes) {
    const names = Array.from({ length: BATCH }, (_, index) => `churn-${tasks + index}`);
    await runToRefusal(world, names, BATCH_MS);
    await each(names, BATCH, async (name) => {
      await deleteIgnoreMissing(world.client, COMPUTE_TASK, name);
      await deleteIgnoreMissing(world.client, APPROVAL, `refuse-${name}`);
    });
    tasks += BATCH;
    // The first one once connections and caches stand.
    if (passed() >= (taken.length * minutes) / samples) await sample();
  }
  await sample();
  return { minutes: passed(), tasks, samples: taken };
}
