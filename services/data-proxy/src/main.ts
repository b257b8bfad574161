import { join } from 'node:path';
import { LedgerPool } from '@collabnet/ledger';
import { createMetrics, PREFIX, runMain, startHttpEndpoints, tracerFromEnvironment } from '@collabnet/telemetry';
import { watchConfig } from './config.ts';
import { LedgerFlowGate } from './ledger-flow-gate.ts';
import { proxyMetrics } from './proxy-context.ts';
import { startProxy } from './proxy-server.ts';
import { Disclosures } from './read/disclosures.ts';
import { Populations } from './read/populations.ts';
import { ReadLog } from './read/read-log.ts';
import { FileConnector } from './source/file-connector.ts';

const pruneMs = 3_600_000;
const configMs = 5_000;

runMain('data-proxy', async ({ logger, signal, onShutdown }) => {
  const path = process.env['DATA_PROXY_CONFIG'] ?? '/etc/data-proxy/config.json';
  const config = await watchConfig(path, configMs, (error) => logger.error({ err: error }, 'configuration kept as it was'));
  onShutdown(() => config.close());
  const { root, stateDirectory, maxStalenessMs, retentionDays, health } = config.current;

  const ledgers = new LedgerPool({
    client: 'data-proxy',
    cache: process.env['LEDGER_CACHE'],
    logger,
    signal,
    // Loaded only where a network is on Fabric: its client takes memory.
    followFabric: async (options) => (await import('@collabnet/ledger-fabric')).followFabricLedger(options),
  });
  onShutdown(() => ledgers.close());
  // Begun now, so that the first read need not wait for the chain.
  for (const network of config.current.networks) ledgers.get(network);
  const gate = new LedgerFlowGate({
    network: (networkId) => {
      const network = config.current.networks.find((entry) => entry.networkId === networkId);
      return network && { did: network.did, ledger: ledgers.get(network) };
    },
    maxStalenessMs,
  });

  const log = new ReadLog({ directory: join(stateDirectory, 'reads'), retentionDays });
  onShutdown(() => log.close());
  const disclosures = new Disclosures({ directory: stateDirectory });
  onShutdown(() => disclosures.close());
  const pruning = setInterval(() => log.prune(), pruneMs);
  onShutdown(() => clearInterval(pruning));

  const tracer = await tracerFromEnvironment(process.env, 'data-proxy', logger);
  onShutdown(() => tracer.close());
  const metrics = createMetrics(PREFIX.dataProxy, { processMetrics: true });
  const proxy = await startProxy({ config, connector: new FileConnector(root), gate, log, disclosures, populations: new Populations(disclosures.secret), logger, metrics: proxyMetrics(metrics), tracer, now: Date.now });
  onShutdown(() => proxy.close());
  const endpoints = await startHttpEndpoints({ ...health, registry: metrics.registry });
  onShutdown(() => endpoints.close());
  logger.info({ port: proxy.port, assets: config.current.assets.length }, 'data proxy is up');
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
});
