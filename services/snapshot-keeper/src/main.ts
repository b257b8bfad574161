import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics, PREFIX, runMain, SNAPSHOT_METRICS, startHttpEndpoints } from '@collabnet/telemetry';
import { loadConfig } from './config.ts';
import { Keeper, type KeeperView } from './keeper.ts';
import { showView } from './show-view.ts';

runMain('snapshot-keeper', async ({ logger, signal, onShutdown }) => {
  const config = loadConfig(process.env);
  const keeper = new Keeper(config.folder, config.keep);
  let view: KeeperView | undefined;
  const metrics = createMetrics(PREFIX.snapshots, { processMetrics: true });
  const failedLooks = metrics.counter(SNAPSHOT_METRICS.failedLooks);
  let problem: string | undefined = 'has not looked at the snapshots yet';
  const endpoints = await startHttpEndpoints({ port: config.healthPort, registry: metrics.registry, ready: () => ({ ok: problem === undefined, reason: problem }) });
  onShutdown(() => endpoints.close());
  logger.info({ folder: config.folder, keep: config.keep }, 'keeping snapshots');
  while (!signal.aborted) {
    try {
      const now = await keeper.look();
      const known = view?.damaged.length ?? 0;
      for (const { snapshot, damage } of now.damaged.slice(known)) logger.error({ folder: snapshot.folder, damage }, 'a snapshot is damaged');
      if (view === undefined) showView(metrics, () => view ?? now);
      view = now;
      problem = undefined;
    } catch (error) {
      failedLooks.inc();
      problem = 'the folder of the snapshots cannot be read or cleared';
      logger.warn({ err: error }, problem);
    }
    await sleep(config.lookMs, undefined, { signal }).catch(() => undefined);
  }
});
