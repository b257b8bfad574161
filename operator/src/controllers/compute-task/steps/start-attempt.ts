import { WaitError } from '../../../runtime/index.ts';
import { aliases } from '../build/waiting-for.ts';
import { isRefusal, OVERTAKEN } from '../ledger-view.ts';
import { again, overtaken, required, type TaskRun } from '../task-run.ts';
import { untilTurn } from '../turn.ts';

/** Waits until all compute parties have reserved, then starts the attempt: the ledger judges all grants once more. */
export async function startAttempt(run: TaskRun): Promise<void> {
  const view = required(run.view, 'view');
  const { record: flow, sealed } = required(run.flow, 'flow');
  const { id, record, terms } = required(run.attempt, 'attempt');
  if (flow.state !== 'Pending') return;
  const missing = terms.computeParties.filter((did) => record.reservations[did] === undefined);
  if (missing.length > 0) {
    const text = `${missing.map(aliases(sealed.spec)).join(' and ')}: must reserve attempt ${id.attempt} of step ${id.step}`;
    run.ctx.status.waitingFor = [text];
    throw new WaitError('Reserved', text, 5_000);
  }
  const heights = Object.values(record.reservations).map(({ height }) => height);
  const since = view.session.ledger.blockTime(Math.max(...heights)) ?? 0;
  const wait = untilTurn(terms.computeParties, view.session.did, since, run.ctx.clock.now());
  if (wait > 0) throw new WaitError('Reserved', `all have reserved attempt ${id.attempt} of step ${id.step}; another party's turn to start it`, wait);
  try {
    await view.flows('start', { ...id });
  } catch (error) {
    if (isRefusal(error, ...OVERTAKEN)) throw overtaken('Starting', error.message);
    throw error;
  }
  throw again('Started', `attempt ${id.attempt} of step ${id.step} has started`);
}
