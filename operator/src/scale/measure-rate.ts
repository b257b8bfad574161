import { Changes } from './changes.ts';
import type { RateFigures } from './figures.ts';
import { percentile } from './statistics.ts';
import type { World } from './world.ts';

export async function measureRate(world: World, perSecond: number, seconds: number): Promise<RateFigures> {
  const changes = await Changes.prepare(world);
  const made = await changes.run(perSecond, seconds);
  const lost = await changes.settled().then(
    () => 0,
    () => changes.lost(),
  );
  await changes.stop();
  const { latencies } = changes;
  return { perSecond, seconds, changes: made, p50: percentile(latencies, 50), p99: percentile(latencies, 99), max: Math.max(...latencies), lost };
}
