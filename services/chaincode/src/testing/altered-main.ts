import { runMain } from '@collabnet/telemetry';
import { Shim, type ChaincodeServerOpts } from 'fabric-shim';
import { ContractChaincode } from '../chaincode.ts';
import { loadConfig } from '../config.ts';
import { WorkerPool } from '../worker-pool.ts';

// The service of an institution that has altered the rules: whatever is published, it writes down as described otherwise.
runMain('altered-chaincode', async ({ signal }) => {
  const config = loadConfig(process.env);
  const honest = new WorkerPool(1);
  const pool: Pick<WorkerPool, 'run'> = {
    async run(job, answer) {
      const result = await honest.run(job, answer);
      if (!('writes' in result)) return result;
      return { ...result, writes: result.writes.map(({ key, text }) => ({ key, ...(text !== undefined && { text: text.replaceAll('made for tests', 'altered') }) })) };
    },
  };
  const chaincode = new ContractChaincode({ pool, clockWindowMs: undefined, onFailure: () => undefined });
  await Shim.server(chaincode, { ccid: config.packageId, address: config.address } as ChaincodeServerOpts).start();
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
});
