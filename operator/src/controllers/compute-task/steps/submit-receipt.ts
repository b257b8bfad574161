import type { JsonObject } from '@collabnet/envelope';
import { MessagingError } from '@collabnet/messaging';
import { verifyReceipt } from '@collabnet/wire';
import { WaitError } from '../../../runtime/index.ts';
import { aliases } from '../build/waiting-for.ts';
import { askCourier, CourierError } from '../courier-client.ts';
import { failAttempt } from '../fail-attempt.ts';
import { isRefusal, OVERTAKEN } from '../ledger-view.ts';
import { again, overtaken, required, type TaskRun } from '../task-run.ts';

/** Puts the receipt on the ledger, exactly once, and lets the courier go; then waits for those of the others. */
export async function submitReceipt(run: TaskRun): Promise<void> {
  const { session } = required(run.view, 'view');
  const { record, terms, courier } = required(run.attempt, 'attempt');
  if (!record.receipts.includes(session.did)) await submit(run);
  if (courier !== undefined && courier.state !== 'Released') await release(run);
  const { sealed } = required(run.flow, 'flow');
  const missing = terms.computeParties.filter((did) => !record.receipts.includes(did)).map(aliases(sealed.spec));
  const text = `${missing.join(' and ')}: must put its receipt on the ledger`;
  run.ctx.status.waitingFor = [text];
  throw new WaitError('ReceiptSubmitted', text, 5_000);
}

async function submit(run: TaskRun): Promise<void> {
  const view = required(run.view, 'view');
  const { id, record, courier } = required(run.attempt, 'attempt');
  const { receipt, signature } = courier ?? {};
  if (receipt === undefined || signature === undefined) throw new WaitError('Running', 'the attempt has no receipt yet', 1_000);
  if (!verifyReceipt({ receipt, signature }, record.reservations[view.session.did]?.courierKey ?? '')) {
    await failAttempt(run, { reason: 'RECEIPT_INVALID', message: "the receipt is not signed by the attempt's key", retryable: true }, true);
  }
  try {
    const args = { ...id, party: view.session.did, receipt: receipt as unknown as JsonObject, signature };
    await view.submit({ kind: 'Receipt', contract: 'receipts', method: 'submit', public: args });
  } catch (error) {
    if (isRefusal(error, ...OVERTAKEN)) throw overtaken('AttemptOver', error.message);
    if (isRefusal(error)) await failAttempt(run, { reason: 'RECEIPT_REFUSED', message: `the ledger refused the receipt: ${error.message}`, retryable: false }, true);
    throw error;
  }
  run.ctx.event({ type: 'Normal', reason: 'ReceiptSubmitted', message: `receipt of step ${id.step}, attempt ${id.attempt}` });
  throw again('ReceiptSubmitted', `the receipt of step ${id.step} is on the ledger`);
}

async function release(run: TaskRun): Promise<void> {
  try {
    await askCourier(required(run.view, 'view').session, required(run.attempt, 'attempt').id, { op: 'release' });
  } catch (error) {
    // It wipes and ends by itself when its lease lapses or its pod is removed.
    if (!(error instanceof MessagingError || error instanceof CourierError)) throw error;
  }
}
