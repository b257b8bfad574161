import type { FaultProxy } from '../testing/index.ts';
import { Changes } from './changes.ts';
import type { DisconnectFigures } from './figures.ts';
import { percentile } from './statistics.ts';
import type { World } from './world.ts';

const PER_SECOND = 20;
/** Between two cuts: long enough for watches to stand again, mostly. */
const CUT_EVERY_MS = 1_500;

/** Resets every connection between an operator and its API server again and again, while objects change. */
export async function measureDisconnects(world: World, proxy: FaultProxy, cuts: number): Promise<DisconnectFigures> {
  const changes = await Changes.prepare(world);
  let connections = 0;
  let made = 0;
  const cutting = async (): Promise<void> => {
    for (let cut = 0; cut < cuts; cut++) {
      await new Promise((resolve) => setTimeout(resolve, CUT_EVERY_MS));
      connections += proxy.cut();
    }
  };
  const changing = async (): Promise<void> => {
    made = await changes.run(PER_SECOND, (cuts * CUT_EVERY_MS) / 1_000);
  };
  await Promise.all([cutting(), changing()]);
  const lost = await changes.settled().then(
    () => 0,
    () => changes.lost(),
  );
  await changes.stop();
  return { cuts, connections, changes: made, lost, p99: percentile(changes.latencies, 99) };
}
