import { LATER_RELEASE, NEXT_RELEASE } from '@collabnet/contracts/testing';
import type { ContractsRelease } from '@collabnet/contracts';

/** Environment variable that says which version of the contracts a service of a test runs. */
export const RELEASE = 'TEST_CONTRACTS';

/** The version that the environment names. */
export function testRelease(): ContractsRelease {
  const wanted = process.env[RELEASE];
  const found = [NEXT_RELEASE, LATER_RELEASE].find(({ version }) => version === wanted);
  if (found === undefined) throw new Error(`${RELEASE}: ${wanted ?? ''} is no version of the tests`);
  return found;
}
