import { runMain } from '@collabnet/telemetry';
import { Shim, type ChaincodeServerOpts } from 'fabric-shim';
import { ContractChaincode } from '../chaincode.ts';
import { loadConfig } from '../config.ts';
import { WorkerPool } from '../worker-pool.ts';
import { testRelease } from './test-release.ts';

// The service as the build of another version would run it.
runMain('release-chaincode', async ({ signal }) => {
  const config = loadConfig(process.env);
  const pool = new WorkerPool(1, new URL('./release-worker.js', import.meta.url));
  const chaincode = new ContractChaincode({ pool, contracts: testRelease().version, clockWindowMs: config.clockWindowMs, onFailure: (failure) => process.stderr.write(`${failure}\n`) });
  await Shim.server(chaincode, { ccid: config.packageId, address: config.address } as ChaincodeServerOpts).start();
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
});
