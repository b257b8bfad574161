import type { FlowStepView, ReceiptRecord } from '@collabnet/contracts';
import { attemptSpan, TASK_SPAN, type Span, type SpanAttributes } from '@collabnet/telemetry';
import type { FlowSpansInput } from './flow-spans.ts';

/** An attempt as the ledger tells it. */
interface Told {
  readonly step: FlowStepView;
  readonly attempt: number;
  readonly begin: number;
  readonly end: number | undefined;
  readonly failure: string | undefined;
}

/** Attempts in which this institution computes, with what they consist of. */
export function attemptSpans(input: FlowSpansInput): Span[] {
  const { flow, steps, self } = input;
  return flow.steps
    .filter(({ computeParties }) => computeParties.includes(self))
    .flatMap(({ name }) => {
      const step = steps.find((each) => each.step === name);
      return step === undefined ? [] : toldOf(input, step).flatMap((told) => spansOf(input, told));
    });
}

/** All attempts of a step that have begun. */
function toldOf({ flow, steps }: FlowSpansInput, step: FlowStepView): Told[] {
  const at = flow.steps.findIndex(({ name }) => name === step.step);
  const before = at <= 0 ? flow.openedAt : steps.find((each) => each.step === flow.steps[at - 1]?.name)?.finishedAt;
  if (before === undefined) return [];
  const told: Told[] = [];
  let begin = before;
  for (const { attempt, reason, at: end } of step.attempts) {
    told.push({ step, attempt, begin, end, failure: reason });
    begin = end;
  }
  if (step.attempt > (step.attempts.at(-1)?.attempt ?? 0)) {
    const failure = step.state === 'Failed' || step.state === 'Cancelled' ? (step.reason ?? step.state) : undefined;
    told.push({ step, attempt: step.attempt, begin, end: step.finishedAt, failure });
  }
  return told;
}

function spansOf(input: FlowSpansInput, told: Told): Span[] {
  const { flow, self } = input;
  const { step, attempt, begin, end, failure } = told;
  const about: SpanAttributes = { 'collabnet.party': self, 'collabnet.step': step.step, 'collabnet.attempt': attempt };
  const key = attemptSpan({ party: self, step: step.step, attempt });
  const part = (name: string, start: number, until: number, more: SpanAttributes = {}): Span => ({
    flowId: flow.flowId,
    key: [...key, name],
    parent: key,
    name,
    start,
    end: until,
    attributes: { ...about, ...more },
  });
  const spans = [...(attempt === step.attempt ? currentParts(input, told, part) : [])];
  if (end !== undefined) spans.push({ flowId: flow.flowId, key, parent: TASK_SPAN, name: `attempt ${step.step}/${attempt}`, start: begin, end, failure, attributes: { ...about, ...(failure === undefined ? {} : { 'collabnet.reason': failure }) } });
  return spans;
}

type Part = (name: string, start: number, end: number, more?: SpanAttributes) => Span;

/** The ledger forgets the reservations of an attempt when the next one begins, so they are told while it is current. */
function currentParts({ self, blockTime, receipts }: FlowSpansInput, { step, attempt, begin }: Told, part: Part): Span[] {
  const spans: Span[] = [];
  const timeOf = (did: string): number | undefined => {
    const height = step.reservations[did]?.height;
    return height === undefined ? undefined : blockTime(height);
  };
  const own = timeOf(self);
  const isolation = step.reservations[self]?.isolation;
  if (own !== undefined) spans.push(part('reserve', begin, own, isolation === undefined ? {} : { 'collabnet.isolation': isolation }));
  if (step.startedAt !== undefined) {
    const reserved = Object.keys(step.reservations).flatMap((did) => timeOf(did) ?? []);
    spans.push(part('start', Math.min(step.startedAt, Math.max(begin, ...reserved)), step.startedAt));
  }
  const receipt = receipts.find((each) => each.party === self && each.step === step.step && each.attempt === attempt);
  return receipt === undefined ? spans : [...spans, ...phaseSpans(receipt, part)];
}

/**
 * The phases that the receipt gives (requirement 65), laid out between its begin and its end: their lengths are the
 * receipt's, their places follow from the order in which they run. Then the way of the receipt to the ledger.
 */
function phaseSpans({ receipt, at }: ReceiptRecord, part: Part): Span[] {
  const ms = (seconds: number): number => Math.round(seconds * 1000);
  const { prepare, align, compute, clean } = receipt.phases;
  const cleanFrom = receipt.finishedAt - ms(clean);
  const computeFrom = cleanFrom - ms(compute);
  return [
    part('prepare', receipt.startedAt, receipt.startedAt + ms(prepare)),
    part('align', computeFrom - ms(align), computeFrom),
    part('compute', computeFrom, cleanFrom),
    part('clean', cleanFrom, receipt.finishedAt),
    part('settle', receipt.finishedAt, at),
  ];
}
