import { join } from 'node:path';
import { LedgerPool } from '@collabnet/ledger';
import { createMetrics, PREFIX, runMain, startHttpEndpoints } from '@collabnet/telemetry';
import { AccessLog } from './access-log.ts';
import { watchConfig } from './config.ts';
import { LedgerPersonGate } from './ledger-person-gate.ts';
import { ResultFiles } from './result-files.ts';
import { enforceRetention } from './retention.ts';
import { storeMetrics } from './store-context.ts';
import type { StoreContext } from './store-context.ts';
import { StoreKeys } from './store-keys.ts';
import { startStore } from './store-server.ts';

const retentionMs = 3_600_000;
const configMs = 5_000;

runMain('result-store', async ({ logger, signal, onShutdown }) => {
  const path = process.env['RESULT_STORE_CONFIG'] ?? '/etc/result-store/config.json';
  const config = await watchConfig(path, configMs, (error) => logger.error({ err: error }, 'configuration kept as it was'));
  onShutdown(() => config.close());
  const { root, storeKeys, quotaBytes, maxStalenessMs, accessRetentionDays, health } = config.current;

  const ledgers = new LedgerPool({
    client: 'result-store',
    cache: process.env['LEDGER_CACHE'],
    logger,
    signal,
    // Loaded only where a network is on Fabric: its client takes memory.
    followFabric: async (options) => (await import('@collabnet/ledger-fabric')).followFabricLedger(options),
  });
  onShutdown(() => ledgers.close());
  // Begun now, so that the first person need not wait for the chain.
  for (const network of config.current.networks) ledgers.get(network);
  const gate = new LedgerPersonGate((networkId) => {
    const network = config.current.networks.find((entry) => entry.networkId === networkId);
    return network && { did: network.did, ledger: ledgers.get(network) };
  }, maxStalenessMs);

  const files = await ResultFiles.open({ root, keys: await StoreKeys.load(storeKeys), quotaBytes });
  const log = new AccessLog({ directory: join(root, 'accesses'), retentionDays: accessRetentionDays });
  onShutdown(() => log.close());
  const metrics = createMetrics(PREFIX.resultStore, { processMetrics: true });
  const context: StoreContext = { config, files, log, gate, logger, metrics: storeMetrics(metrics, () => files.usedBytes, quotaBytes), now: Date.now };
  const retention = setInterval(() => void enforceRetention(context).catch((error: unknown) => logger.error({ err: error }, 'retention failed')), retentionMs);
  onShutdown(() => clearInterval(retention));

  const store = await startStore(context);
  onShutdown(() => store.close());
  const endpoints = await startHttpEndpoints({ ...health, registry: metrics.registry });
  onShutdown(() => endpoints.close());
  logger.info({ port: store.port, usedBytes: files.usedBytes }, 'result store is up');
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
});
