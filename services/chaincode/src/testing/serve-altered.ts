import { runMain } from '@collabnet/telemetry';
import { Shim, type ChaincodeServerOpts, type ChaincodeStub } from 'fabric-shim';
import { ContractChaincode } from '../chaincode.ts';
import { loadConfig } from '../config.ts';
import type { JobResult } from '../job.ts';
import { WorkerPool } from '../worker-pool.ts';

type Outcome = Extract<JobResult, { writes: unknown }>;

/** The service of an institution that has altered it: no look at the clock, and what the contracts came to is changed. */
export function serveAltered(alter: (outcome: Outcome) => Outcome, before?: (stub: ChaincodeStub) => Promise<void>): void {
  runMain('altered-chaincode', async ({ signal }) => {
    const config = loadConfig(process.env);
    const honest = new WorkerPool(1);
    const pool: Pick<WorkerPool, 'run'> = {
      async run(job, answer) {
        const result = await honest.run(job, answer);
        return 'writes' in result ? alter(result) : result;
      },
    };
    const chaincode = new ContractChaincode({ pool, clockWindowMs: undefined, onFailure: () => undefined });
    const served = {
      Init: () => chaincode.Init(),
      Invoke: async (stub: ChaincodeStub) => {
        await before?.(stub);
        return chaincode.Invoke(stub);
      },
    };
    await Shim.server(served, { ccid: config.packageId, address: config.address } as ChaincodeServerOpts).start();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  });
}
