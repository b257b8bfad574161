import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics, PREFIX, runMain, SNAPSHOT_METRICS, startHttpEndpoints } from '@collabnet/telemetry';
import { loadConfig } from './config.ts';
import { Keeper, type KeeperView } from './keeper.ts';

runMain('snapshot-keeper', async ({ logger, signal, onShutdown }) => {
  const config = loadConfig(process.env);
  const keeper = new Keeper(config.folder, config.keep);
  let view: KeeperView | undefined;
  const metrics = createMetrics(PREFIX.snapshots, { processMetrics: true });
  metrics.gauge(SNAPSHOT_METRICS.complete, (gauge) => gauge.set(view?.intact.length ?? 0));
  metrics.gauge(SNAPSHOT_METRICS.damaged, (gauge) => gauge.set(view?.damaged.length ?? 0));
  metrics.gauge(SNAPSHOT_METRICS.lastBlock, (gauge) => gauge.set(view?.intact.at(-1)?.block ?? -1));
  metrics.gauge(SNAPSHOT_METRICS.lastTime, (gauge) => gauge.set((view?.intact.at(-1)?.time ?? 0) / 1000));
  metrics.gauge(SNAPSHOT_METRICS.lastBytes, (gauge) => gauge.set(view?.intact.at(-1)?.bytes ?? 0));
  let problem: string | undefined = 'has not looked at the snapshots yet';
  const endpoints = await startHttpEndpoints({ port: config.healthPort, registry: metrics.registry, ready: () => ({ ok: problem === undefined, reason: problem }) });
  onShutdown(() => endpoints.close());
  logger.info({ folder: config.folder, keep: config.keep }, 'keeping snapshots');
  while (!signal.aborted) {
    try {
      const before = view;
      view = await keeper.look();
      problem = undefined;
      const known = before?.damaged.length ?? 0;
      for (const { snapshot, damage } of view.damaged.slice(known)) logger.error({ folder: snapshot.folder, damage }, 'a snapshot is damaged');
    } catch (error) {
      problem = 'the folder of the snapshots cannot be read or cleared';
      logger.warn({ err: error }, problem);
    }
    await sleep(config.lookMs, undefined, { signal }).catch(() => undefined);
  }
});
