import { Changes } from './changes.ts';
import type { FailOverFigures } from './figures.ts';
import type { OperatorProgram } from './operator-program.ts';
import { runToProposal } from './tasks.ts';
import type { World } from './world.ts';

const TAKE_OVER_MS = 120_000;

/** Kills the leader while another operator stands by, `times`. @returns figures and the operator that leads in the end */
export async function measureFailOver(world: World, leader: OperatorProgram, times: number): Promise<{ figures: FailOverFigures; leader: OperatorProgram }> {
  const changes = await Changes.prepare(world);
  const reconcileMs: number[] = [];
  const followingMs: number[] = [];
  let leading = leader;
  for (let time = 0; time < times; time++) {
    const standby = await world.startOperator(`standby-${time}`);
    await standby.ready();
    await world.standingBy(standby, leading);
    const killedAt = performance.now();
    await leading.kill('SIGKILL');
    await changes.once(TAKE_OVER_MS);
    reconcileMs.push(performance.now() - killedAt);
    await runToProposal(world, [`after-${time}`], TAKE_OVER_MS);
    followingMs.push(performance.now() - killedAt);
    leading = standby;
  }
  await changes.stop();
  return { figures: { reconcileMs, followingMs }, leader: leading };
}
