import { sessionOf } from '../../sessions.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Finds the network's session. Waits while the network is not ready. */
export function openView(run: TaskRun): void {
  const { networkRef } = run.task.spec;
  sessionOf(run.environment.services.sessions, networkRef.name);
  run.view = required(run.environment.view(networkRef.name), 'view of the ledger');
}
