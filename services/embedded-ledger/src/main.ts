import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LedgerNode, NatsLedgerHost, SqliteState, type Block } from '@collabnet/ledger';
import { connect, networkToken } from '@collabnet/messaging';
import { sm2Sign } from '@collabnet/sm';
import { createMetrics, LEDGER_METRICS, PREFIX, runMain, startHttpEndpoints, tracerFromEnvironment } from '@collabnet/telemetry';
import { loadConfig } from './config.ts';
import { startExportServer } from './export-server.ts';
import { observeTransactions } from './observe-transactions.ts';

runMain('embedded-ledger', async ({ logger, signal, onShutdown }) => {
  const config = await loadConfig(process.env);
  await mkdir(dirname(config.databasePath), { recursive: true });
  const metrics = createMetrics(PREFIX.ledger, { processMetrics: true });
  const height = metrics.gauge(LEDGER_METRICS.height);
  const blocks = metrics.counter(LEDGER_METRICS.blocks);
  const tracer = await tracerFromEnvironment(process.env, 'embedded-ledger', logger);
  onShutdown(() => tracer.close());

  let announce: (block: Block) => void = () => undefined;
  const node = await LedgerNode.open({
    state: new SqliteState(config.databasePath),
    genesis: config.genesis,
    sign: (message) => Promise.resolve(sm2Sign(message, config.signingKey)),
    onBlock: (block) => {
      height.set(block.header.height);
      blocks.inc();
      announce(block);
    },
  });
  onShutdown(() => node.close());
  height.set(node.head().height);
  metrics.gauge(LEDGER_METRICS.waiting, (gauge) => gauge.set(node.waiting));

  const token = networkToken(node.networkId);
  const connection = await connect({
    servers: config.natsUrl,
    creds: config.credentials,
    name: 'embedded-ledger',
    // The host only answers, so nothing is ever received below this prefix.
    inboxPrefix: 'inbox.ledger-host',
    logger,
    ...(config.natsCaFile === undefined ? {} : { tls: { caFile: config.natsCaFile } }),
  });
  onShutdown(() => connection.close());
  const host = new NatsLedgerHost(connection, node, token, observeTransactions(metrics, tracer));
  host.start();
  announce = (block) => host.announce(block);

  const exports = await startExportServer(node, config.exportPort);
  onShutdown(() => void exports.close());
  const endpoints = await startHttpEndpoints({
    port: config.healthPort,
    registry: metrics.registry,
    ready: () => {
      const reason = connection.isClosed() ? 'not connected to the hub' : node.problem;
      return { ok: reason === undefined, reason };
    },
  });
  onShutdown(() => endpoints.close());
  logger.info({ network: node.networkId, height: node.head().height }, 'serving');
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
});
