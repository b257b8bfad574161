import type { FlowRecord, FlowStepView, ReceiptRecord } from '@collabnet/contracts';
import { TASK_SPAN, type Span } from '@collabnet/telemetry';
import { attemptSpans } from './attempt-spans.ts';

export interface FlowSpansInput {
  readonly flow: FlowRecord;
  readonly steps: readonly FlowStepView[];
  readonly receipts: readonly ReceiptRecord[];
  /** DID of this institution. */
  readonly self: string;
  /** Time of a block, ms. */
  readonly blockTime: (height: number) => number | undefined;
  /** When the own ComputeTask was created, ms; absent at those who did not propose it. */
  readonly createdAt?: number | undefined;
}

/**
 * What the ledger tells to be over, of this institution's part of a flow, as spans. Times are those of blocks and
 * receipts and nothing else, so whoever makes them again, a restarted operator above all, makes the same ones.
 */
export function flowSpans(input: FlowSpansInput): Span[] {
  const { flow, self } = input;
  const spans = [...proposalSpans(input), ...consentSpans(input), ...attemptSpans(input)];
  if (flow.proposer === self && flow.finishedAt !== undefined) {
    spans.push({
      flowId: flow.flowId,
      key: TASK_SPAN,
      name: 'task',
      start: flow.proposedAt,
      end: flow.finishedAt,
      failure: flow.state === 'Succeeded' ? undefined : (flow.reason ?? flow.state),
      attributes: { 'collabnet.party': self, 'collabnet.state': flow.state },
    });
  }
  return spans;
}

function proposalSpans({ flow, self, createdAt }: FlowSpansInput): Span[] {
  if (flow.proposer !== self) return [];
  const start = Math.min(createdAt ?? flow.proposedAt, flow.proposedAt);
  const attributes = { 'collabnet.party': self, 'collabnet.height': flow.proposedHeight };
  return [{ flowId: flow.flowId, key: ['propose'], parent: TASK_SPAN, name: 'propose', start, end: flow.proposedAt, attributes }];
}

function consentSpans({ flow, self, blockTime }: FlowSpansInput): Span[] {
  const { flowId } = flow;
  const approval = flow.approvals[self];
  const spans: Span[] = [];
  const decided = approval?.state === 'Waiting' ? undefined : approval?.height;
  const decidedAt = decided === undefined ? undefined : blockTime(decided);
  if (approval !== undefined && decidedAt !== undefined) {
    const { state, via } = approval;
    spans.push({
      flowId,
      key: ['approve', self, String(decided)],
      parent: TASK_SPAN,
      name: 'approve',
      start: flow.proposedAt,
      end: decidedAt,
      failure: state === 'Refused' ? 'REFUSED' : undefined,
      attributes: { 'collabnet.party': self, 'collabnet.state': state, ...(via === undefined ? {} : { 'collabnet.via': via }), 'collabnet.height': decided },
    });
  }
  const confirmed = flow.confirmations[self];
  const confirmedAt = confirmed === undefined ? undefined : blockTime(confirmed);
  if (confirmedAt !== undefined) {
    // From the moment when the last consent was there.
    const agreed = Object.values(flow.approvals).map(({ height }) => (height === undefined ? flow.proposedAt : (blockTime(height) ?? flow.proposedAt)));
    const attributes = { 'collabnet.party': self, 'collabnet.height': confirmed };
    spans.push({ flowId, key: ['confirm', self, String(confirmed)], parent: TASK_SPAN, name: 'confirm', start: Math.min(confirmedAt, Math.max(...agreed)), end: confirmedAt, attributes });
  }
  return spans;
}
