import { join } from 'node:path';
import { followLedger } from '@collabnet/ledger';
import type { Ledger } from '@collabnet/ledger';
import { createMetrics, runMain, startHttpEndpoints } from '@collabnet/telemetry';
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
  const { root, storeKeys, quotaBytes, networks, maxStalenessMs, accessRetentionDays, health } = config.current;

  const ledgers = new Map<string, Ledger>();
  for (const { networkId, did, nats } of networks) {
    // Not awaited: couriers deliver whether or not the network can be reached.
    followLedger({ networkId, did, client: 'result-store', nats, logger, signal })
      .then((ledger) => ledgers.set(networkId, ledger))
      .catch((error: unknown) => logger.error({ err: error, network: networkId }, 'the ledger will not be followed'));
  }
  onShutdown(async () => void (await Promise.all([...ledgers.values()].map((ledger) => ledger.close()))));
  const gate = new LedgerPersonGate(new Map(networks.map(({ networkId, did }) => [networkId, { did, ledger: () => ledgers.get(networkId) }])), maxStalenessMs);

  const files = await ResultFiles.open({ root, keys: await StoreKeys.load(storeKeys), quotaBytes });
  const log = new AccessLog({ directory: join(root, 'accesses'), retentionDays: accessRetentionDays });
  onShutdown(() => log.close());
  const metrics = createMetrics('collabnet_result_store', { processMetrics: true });
  const context: StoreContext = { config, files, log, gate, logger, metrics: storeMetrics(metrics, () => files.usedBytes), now: Date.now };
  const retention = setInterval(() => void enforceRetention(context).catch((error: unknown) => logger.error({ err: error }, 'retention failed')), retentionMs);
  onShutdown(() => clearInterval(retention));

  const store = await startStore(context);
  onShutdown(() => store.close());
  const endpoints = await startHttpEndpoints({ ...health, registry: metrics.registry });
  onShutdown(() => endpoints.close());
  logger.info({ port: store.port, usedBytes: files.usedBytes }, 'result store is up');
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
});
