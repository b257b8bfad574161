import { StalledError } from '../../../runtime/index.ts';
import { reasonOf } from '../../sessions.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Ends the reconcile of a flow that is over: Ready for one that succeeded, Stalled for one that needs a person. */
export function finishTask(run: TaskRun): 'done' | undefined {
  const { record } = required(run.flow, 'flow');
  switch (record.state) {
    case 'Succeeded': {
      const received = (run.ctx.status.results ?? []).length > 0;
      run.ctx.ready('Succeeded', received ? `finished; fetch the result with: kubectl collabnet result get ${run.task.metadata.name}` : 'finished; this institution receives no result');
      return 'done';
    }
    case 'ApprovalReject':
      throw new StalledError('ApprovalRefused', `${record.message ?? 'a party refused its consent'}. Talk to it, then apply the task with another spec.runID`);
    case 'Failed':
    case 'Cancelled':
      throw new StalledError(reasonOf(record.reason ?? record.state), `${record.message ?? `the flow is ${record.state}`}. To run it again, apply the task with another spec.runID`);
    default:
      return undefined;
  }
}
