import './quiet-shim.ts';
import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { CHAINCODE_METRICS, createMetrics, PREFIX, runMain, startHttpEndpoints } from '@collabnet/telemetry';
import { Shim, type ChaincodeServerOpts } from 'fabric-shim';
import { ContractChaincode } from './chaincode.ts';
import { loadConfig } from './config.ts';
import { WorkerPool } from './worker-pool.ts';

runMain('chaincode', async ({ logger, signal, onShutdown }) => {
  const config = loadConfig(process.env);
  process.once('exit', (code) => {
    // The library ends the process by itself where it does not understand a peer.
    if (code !== 0 && !signal.aborted) logger.fatal({ code }, 'ending; CORE_CHAINCODE_LOGGING_LEVEL=error shows what fabric-shim says');
  });
  const pool = new WorkerPool(config.workers);
  onShutdown(() => pool.close());
  const metrics = createMetrics(PREFIX.chaincode, { processMetrics: true });
  const calls = metrics.counter(CHAINCODE_METRICS.calls);
  const times = metrics.histogram(CHAINCODE_METRICS.callSeconds);
  metrics.gauge(CHAINCODE_METRICS.waiting, (gauge) => gauge.set(pool.waiting));
  const chaincode = new ContractChaincode({
    pool,
    networkId: config.networkId,
    clockWindowMs: config.clockWindowMs,
    onFailure: (failure) => logger.error({ failure }, 'a proposal failed'),
    onCall: (name, outcome, seconds) => {
      calls.inc({ function: name, outcome });
      times.observe(seconds);
    },
  });
  // TLS is optional, whatever the types of the library say.
  const options = { ccid: config.packageId, address: config.address, tlsProps: config.tls } as ChaincodeServerOpts;
  const server = Shim.server(chaincode, options);
  await server.start();
  const endpoints = await startHttpEndpoints({ port: config.healthPort, registry: metrics.registry });
  onShutdown(() => endpoints.close());
  logger.info({ address: config.address, package: config.packageId, contracts: CONTRACTS_VERSION }, 'serving');
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
});
