import type { ResourceFigures } from './figures.ts';
import type { OperatorProgram } from './operator-program.ts';
import { runToProposal } from './tasks.ts';
import type { World } from './world.ts';

const FRESH_MS = 600_000;

/** Measures an operator that has just been started on `tasks` tasks, until it has proposed a new one. */
export async function measureStart(world: World, operator: OperatorProgram, state: { tasks: number; onLedger: number; warm: boolean }): Promise<ResourceFigures> {
  const listedMs = await operator.ready();
  await world.following(operator);
  const followingMs = performance.now() - operator.startedAt;
  const freshMs = await runToProposal(world, [`fresh-${state.tasks}-${state.warm ? 'warm' : 'cold'}`], FRESH_MS);
  const { resident, peak } = operator.program.memory();
  const processorSeconds = operator.program.processorSeconds();
  return { ...state, listedMs, followingMs, freshMs, resident, peak, heap: await operator.heap(), processorSeconds };
}
