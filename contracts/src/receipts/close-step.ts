import type { ContractContext } from '../core/context.ts';
import { omit } from '../core/omit.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { grantsOf } from '../flows/approvals.ts';
import { beginStep } from '../flows/begin.ts';
import { endFlow } from '../flows/end.ts';
import { moveFlow, termsOf } from '../flows/load.ts';
import type { FlowRecord, FlowStepRecord } from '../flows/record.ts';
import { spendGrant } from '../grants/use.ts';
import { keys } from '../state/keys.ts';
import { canonicalJson } from '@collabnet/envelope';
import { OPERATOR_CATALOGUE, type ProposedStep, type Receipt } from '@collabnet/flow';
import type { ReceiptRecord } from './record.ts';

type Receipts = ReadonlyMap<string, Receipt>;

/**
 * All receipts of a step are in: if what each sent is what the other received, and what was handed on is what was committed to, the step has succeeded and the next one
 * begins or the flow ends; if not, somebody's account is false and the flow fails.
 */
export function closeStep(context: ContractContext, flow: FlowRecord, step: FlowStepRecord): FlowRecord {
  const { state, blockTime } = context;
  for (const id of grantsOf(flow, step.step)) spendGrant(state, id, flow.flowId);
  const parties = termsOf(flow, step.step).computeParties;
  const receipts = new Map(
    parties.map((did) => [
      did,
      loadOrThrow<ReceiptRecord>(state, keys.receipt(flow.flowId, step.step, did), 'receipt', 'party').receipt,
    ]),
  );
  const pair = parties
    .flatMap((from) => parties.map((to) => [from, to] as const))
    .find(([from, to]) => from !== to && !agree(receipts, from, to));
  if (pair !== undefined) {
    const message = `what ${pair[0]} says it sent is not what ${pair[1]} says it received`;
    return endFlow(context, flow, 'receipt', 'Failed', { reason: 'TRANSCRIPT_MISMATCH', message });
  }
  const unattested = otherThanAttested(termsOf(flow, step.step), receipts);
  if (unattested !== undefined) {
    const message = `what ${unattested} says of the trusted execution environment is not what the others say`;
    return endFlow(context, flow, 'receipt', 'Failed', { reason: 'ATTESTATION_MISMATCH', message });
  }
  const other = otherThanGiven(termsOf(flow, step.step), receipts);
  if (other !== undefined) {
    const message = `what ${other} says it received is not what was committed to`;
    return endFlow(context, flow, 'receipt', 'Failed', { reason: 'CUSTODY_MISMATCH', message });
  }
  const done = omit(step, 'reason', 'message');
  save(state, keys.flowStep(flow.flowId, step.step), {
    ...done,
    touched: true,
    state: 'Succeeded',
    finishedAt: blockTime,
  });
  context.emit('flow.step-succeeded', flow.flowId, { step: step.step, attempt: step.attempt });
  const clean = omit(flow, 'reason', 'message');
  const following = flow.steps[flow.steps.findIndex((each) => each.name === step.step) + 1]?.name;
  if (following === undefined) return endFlow(context, clean, 'receipt', 'Succeeded');
  const next = moveFlow(context, clean, 'receipt', 'Pending', { currentStep: following });
  beginStep(context, next, following);
  return next;
}

/** Who received something else than its giver committed to, or does not say what it received (requirement 60). */
function otherThanGiven({ operator, inputs, receivers }: ProposedStep, receipts: Receipts): string | undefined {
  const { inputs: { rows }, result } = OPERATOR_CATALOGUE[operator];
  const takers = result === 'Artefact' ? receivers : rows === 'Gathered' ? [hostOf(receipts) ?? ''] : [];
  return takers.find((did) => {
    const given = inputs.flatMap(({ name, party }) => {
      if (party === did) return [];
      const commitment = receipts.get(party)?.inputCommitments.find(({ input }) => input === name)?.commitment;
      return [{ from: party, input: name, ...(commitment === undefined ? {} : { commitment }) }];
    });
    return canonicalJson(receipts.get(did)?.received ?? []) !== canonicalJson(given);
  });
}

/** Who does not say of the trusted execution environment what its host says (requirements 112, 137). */
function otherThanAttested({ operator, computeParties }: ProposedStep, receipts: Receipts): string | undefined {
  if (OPERATOR_CATALOGUE[operator].inputs.rows !== 'Gathered') return undefined;
  const host = hostOf(receipts);
  return computeParties.find((did) => {
    const attestation = receipts.get(did)?.attestation;
    if (host === undefined || attestation?.host !== host) return true;
    const shown = receipts.get(host)?.attestation?.results[did];
    return did !== host && (shown === undefined || shown !== attestation.results[host]);
  });
}

/** The name of the host is sealed; all parties must say the same. */
function hostOf(receipts: Receipts): string | undefined {
  return [...receipts.values()][0]?.attestation?.host;
}

function agree(receipts: Receipts, from: string, to: string): boolean {
  const sent = receipts.get(from)?.transcripts[to];
  const received = receipts.get(to)?.transcripts[from];
  return (
    sent !== undefined &&
    received !== undefined &&
    sent.sentDigest === received.receivedDigest &&
    sent.sentBytes === received.receivedBytes &&
    sent.sentFrames === received.receivedFrames
  );
}
