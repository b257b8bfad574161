import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { executeCall, foundNetwork, refusalOf, type StateReader } from '@collabnet/fabric-execution';
import type { Job, JobResult } from './job.ts';

/** Runs a proposal over committed state; it never throws. */
export function runJob(reader: StateReader, job: Job): JobResult {
  try {
    if (job.name === 'found') {
      const { networkId, time, writes } = foundNetwork(reader, job.genesis);
      return { receipt: { contracts: CONTRACTS_VERSION, digest: networkId, height: 0, time }, writes };
    }
    const { digest, height, time, writes } = executeCall(reader, job);
    return { receipt: { contracts: CONTRACTS_VERSION, digest, height, time }, writes };
  } catch (error) {
    const refusal = refusalOf(error);
    return refusal === undefined ? { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) } : { refusal };
  }
}
