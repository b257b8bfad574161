import { taskFields } from '@collabnet/telemetry';
import { LeadershipLostError } from '../../../runtime/index.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Removes what attempts that are over have left. The sweep repeats what fails here, so it holds up nothing. */
export async function retireAttempts(run: TaskRun): Promise<void> {
  const { record, steps } = required(run.flow, 'flow');
  try {
    await run.environment.cleaner.retire(record, steps);
  } catch (error) {
    if (error instanceof LeadershipLostError) throw error;
    run.ctx.logger.warn({ err: error, ...taskFields(record) }, 'an attempt could not be cleaned up yet');
  }
}
