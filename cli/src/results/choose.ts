import type { ComputeTask } from '@collabnet/crds';
import { CliError } from '../base/errors.ts';

export type TaskResult = NonNullable<NonNullable<ComputeTask['status']>['results']>[number];

/**
 * The result meant by `--step` and `--output`; neither is needed where there is only one.
 *
 * @throws CliError NOT_FOUND, AMBIGUOUS
 */
export function chooseResult(task: ComputeTask, step: string | undefined, output: string | undefined): TaskResult {
  const all = task.status?.results ?? [];
  const found = all.filter((one) => (step === undefined || one.step === step) && (output === undefined || one.output === output));
  const [only] = found;
  const names = all.map((one) => `${one.step}/${one.output}`).join(', ');
  if (only === undefined) {
    const phase = task.status?.phase ?? 'Initialized';
    throw new CliError('NOT_FOUND', all.length === 0 ? `task ${task.metadata.name} (${phase}) has no result here; only a receiver gets one, after the step has succeeded` : `no such result; there are ${names}`);
  }
  if (found.length > 1) throw new CliError('AMBIGUOUS', `several results: ${names}; choose with --step and --output`);
  return only;
}
