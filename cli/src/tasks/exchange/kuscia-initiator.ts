import { CliError } from '../../base/errors.ts';
import type { SourceTask } from './source-task.ts';

/** Who schedules the job, and how that is known. */
export interface Initiator {
  readonly party: string;
  readonly known: 'Chosen' | 'Proposer' | 'Assumed';
}

/**
 * The party that schedules the KusciaJob. A ComputeTask does not say who applies it, so a manifest alone leaves only a guess.
 *
 * @param chosen - name of a party
 * @throws CliError USAGE when there is no such party
 */
export function initiatorOf({ spec, proposer }: SourceTask, chosen: string | undefined): Initiator {
  const names = spec.parties.map(({ name }) => name);
  if (chosen !== undefined) {
    if (names.includes(chosen)) return { party: chosen, known: 'Chosen' };
    throw new CliError('USAGE', `--initiator ${chosen}: is no party of the task; name one of ${names.join(', ')}`);
  }
  const proposing = spec.parties.find(({ did }) => did === proposer);
  if (proposing !== undefined) return { party: proposing.name, known: 'Proposer' };
  return { party: names[0] ?? '', known: 'Assumed' };
}
