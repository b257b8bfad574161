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

const reached: typeof holds = {
  SystemCalls: ({ noNewPrivs, seccomp }) => noNewPrivs && seccomp,
  Files: (of) => reached.SystemCalls(of) && of.fileRules,
  Network: (of) => reached.Files(of) && of.tcpRules && of.canary === 'blocked',
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

/**
 * Refuses the outcome of an engine that ended with less than it began with the promise of: before its job is known an engine
 * can only tell what the kernel offers, afterwards which rules are in force and that the canary did not get out.
 *
 * @throws CourierError ISOLATION_TOO_WEAK
 */
export function assertReached(isolation: Isolation, minimum: CourierJob['minimumIsolation']): void {
  if (reached[minimum](isolation)) return;
  const { fileRules, tcpRules, canary } = isolation;
  const found = `file rules ${fileRules ? 'yes' : 'no'}, TCP rules ${tcpRules ? 'yes' : 'no'}, canary ${canary}`;
  throw new CourierError('ISOLATION_TOO_WEAK', `engine: ended with ${found}, which is less than ${minimum} although the node offers it; nothing of it is delivered: report the node's kernel and the engine's image`);
}
