import { sessionOf } from '../../sessions.ts';
import { isAtRest } from '../at-rest.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Finds the network's session. Waits while the network is not ready; a task at its end has nothing to wait for. */
export function openView(run: TaskRun): 'keep' | undefined {
  const { networkRef } = run.task.spec;
  const { sessions } = run.environment.services;
  if (sessions.get(networkRef.name) === undefined && isAtRest(run.task)) return 'keep';
  sessionOf(sessions, networkRef.name);
  run.view = required(run.environment.view(networkRef.name), 'view of the ledger');
  return undefined;
}
