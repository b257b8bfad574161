import type { CourierJob } from '@collabnet/wire';
import { CourierError } from '../errors.ts';
import type { Isolation } from './engine-files.ts';

/** Landlock has rules for TCP ports since this version of its interface. */
const tcpRulesAbi = 4;

const holds: Readonly<Record<CourierJob['minimumIsolation'], (of: Isolation) => boolean>> = {
  SystemCalls: ({ noNewPrivs, seccomp }) => noNewPrivs && seccomp,
  Files: (of) => holds.SystemCalls(of) && of.landlockAbi >= 1,
  Network: (of) => holds.SystemCalls(of) && of.landlockAbi >= tcpRulesAbi,
};

/**
 * Refuses an engine that the kernel of this node confines less than the institution demands, before it gets any data.
 *
 * @throws CourierError ISOLATION_TOO_WEAK
 */
export function assertIsolation(isolation: Isolation, minimum: CourierJob['minimumIsolation']): void {
  if (holds[minimum](isolation)) return;
  const { noNewPrivs, seccomp, landlockAbi } = isolation;
  const offered = `no new privileges ${noNewPrivs ? 'yes' : 'no'}, seccomp ${seccomp ? 'yes' : 'no'}, Landlock ABI ${landlockAbi}`;
  throw new CourierError('ISOLATION_TOO_WEAK', `engine: this node offers ${offered}, which is less than ${minimum}; use nodes with Linux 6.7 and Landlock, or lower the Helm value compute.minimumIsolation`);
}
