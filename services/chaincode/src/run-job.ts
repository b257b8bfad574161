import { CURRENT_RELEASE } from '@collabnet/contracts';
import { executeCall, executeUpgrade, foundNetwork, refusalOf, type StateReader } from '@collabnet/fabric-execution';
import type { Job, JobResult } from './job.ts';

/** Runs a proposal over committed state; it never throws. */
export function runJob(reader: StateReader, job: Job, release = CURRENT_RELEASE): JobResult {
  const contracts = release.version;
  try {
    if (job.name === 'found') {
      const { networkId, time, writes, policies } = foundNetwork(reader, job.genesis, release);
      return { receipt: { contracts, digest: networkId, height: 0, time }, writes, policies };
    }
    const { digest, height, time, writes, policies } = job.name === 'upgrade' ? executeUpgrade(reader, job, release) : executeCall(reader, job, release);
    return { receipt: { contracts, digest, height, time }, writes, policies };
  } catch (error) {
    const refusal = refusalOf(error);
    return refusal === undefined ? { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) } : { refusal };
  }
}
