import { WaitError } from '../../../runtime/index.ts';
import { aliases } from '../build/waiting-for.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Finds this institution's part in the current attempt. One that computes nothing only watches. */
export function chooseAttempt(run: TaskRun): void {
  const { session } = required(run.view, 'view');
  const { record, steps, sealed } = required(run.flow, 'flow');
  const current = steps.find(({ step }) => step === record.currentStep);
  const terms = record.steps.find(({ name }) => name === record.currentStep);
  if (current === undefined || terms === undefined) throw new WaitError('Pending', 'the flow has no current step yet', 2_000);
  if (!terms.computeParties.includes(session.did)) {
    const parties = terms.computeParties.map(aliases(sealed.spec)).join(' and ');
    throw new WaitError(record.state, `step ${current.step} runs at ${parties}, attempt ${current.attempt}`, 30_000);
  }
  run.attempt = { id: { flowId: record.flowId, step: current.step, attempt: current.attempt }, record: current, terms };
}
