import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LedgerNode, NatsLedgerHost, SqliteState, type Block } from '@collabnet/ledger';
import { connect, networkToken } from '@collabnet/messaging';
import { sm2Sign } from '@collabnet/sm';
import { createMetrics, runMain, startHttpEndpoints } from '@collabnet/telemetry';
import { loadConfig } from './config.ts';
import { startExportServer } from './export-server.ts';

runMain('embedded-ledger', async ({ logger, signal, onShutdown }) => {
  const config = await loadConfig(process.env);
  await mkdir(dirname(config.databasePath), { recursive: true });
  const metrics = createMetrics('collabnet_ledger', { processMetrics: true });
  const height = metrics.gauge('height', 'Height of the newest block');
  const transactions = metrics.counter('transactions_total', 'Transactions accepted since the start');

  let announce: (block: Block) => void = () => undefined;
  const node = await LedgerNode.open({
    state: new SqliteState(config.databasePath),
    genesis: config.genesis,
    sign: (message) => Promise.resolve(sm2Sign(message, config.signingKey)),
    onBlock: (block) => {
      height.set(block.header.height);
      transactions.inc(block.transactions.length);
      announce(block);
    },
  });
  onShutdown(() => node.close());
  height.set(node.head().height);

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
  const host = new NatsLedgerHost(connection, node, token);
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
