import { stepNameSchema } from '@collabnet/flow';
import type { ProposedStep } from '@collabnet/flow';
import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import { allSources, type Lineage } from './lineage.ts';
import type { FlowRecord, FlowStepRecord } from './record.ts';
import { type FlowAction, type FlowState, TRANSITIONS } from './states.ts';

export const flowIdSchema = z.string().regex(/^[0-9a-f]{64}$/, 'give the 64 hex digits of a flow id');
export { stepNameSchema };

/** Members that name one attempt of one step. */
export const attemptArgs = { flowId: flowIdSchema, step: stepNameSchema, attempt: z.int().min(1).max(100) };

type View = Pick<WorldState, 'get'>;

/** @throws ContractError NOT_FOUND */
export function flowOf(state: View, flowId: string): FlowRecord {
  return loadOrThrow<FlowRecord>(state, keys.flow(flowId), 'such flow', 'flowId');
}

/** @throws ContractError NOT_FOUND */
export function stepOf(state: View, flowId: string, step: string): FlowStepRecord {
  return loadOrThrow<FlowStepRecord>(state, keys.flowStep(flowId, step), 'such step', 'step');
}

/** The agreed terms of a step. @throws ContractError NOT_FOUND */
export function termsOf(flow: FlowRecord, step: string): ProposedStep {
  const terms = flow.steps.find((each) => each.name === step);
  if (terms === undefined)
    throw new ContractError('NOT_FOUND', `step: the flow has no step ${step}`, { field: 'step' });
  return terms;
}

/** DIDs that own an asset with a part in the flow, in order of first mention: those whose consent it needs. */
export function ownersOf(flow: Lineage): string[] {
  return [...new Set(allSources(flow).map(({ input }) => input.party))];
}

/**
 * Demands that the table of transitions knows the action in the flow's state.
 *
 * @throws ContractError ILLEGAL_TRANSITION
 */
export function assertMay(flow: FlowRecord, action: FlowAction): void {
  if (TRANSITIONS[action][flow.state] !== undefined) return;
  const from = Object.keys(TRANSITIONS[action]).join(' or ');
  throw new ContractError('ILLEGAL_TRANSITION', `${action}: the flow is ${flow.state}; it must be ${from}`, {
    field: 'flowId',
  });
}

/** Writes a flow in its next state, which the table must allow after the action. */
export function moveFlow(
  context: ContractContext,
  from: FlowRecord,
  action: FlowAction,
  to: FlowState,
  change: Partial<FlowRecord>,
): FlowRecord {
  if (!TRANSITIONS[action][from.state]?.includes(to)) {
    throw new ContractError('ILLEGAL_TRANSITION', `${action}: leads from ${from.state} not to ${to}`, {
      field: 'flowId',
    });
  }
  const next: FlowRecord = { ...from, ...change, state: to };
  save(context.state, keys.flow(from.flowId), next);
  return next;
}

/** Demands that the caller computes in this step. @throws ContractError FORBIDDEN */
export function assertComputes(context: ContractContext, terms: ProposedStep): string {
  const did = context.caller.institution;
  if (terms.computeParties.includes(did)) return did;
  throw new ContractError('FORBIDDEN', `${did} does not compute in step ${terms.name}`, { field: 'step' });
}

/** Demands that the block's time lies before a limit. @throws ContractError EXPIRED */
export function assertBefore(context: ContractContext, limit: number, what: string): void {
  if (context.blockTime < limit) return;
  throw new ContractError('EXPIRED', `${what} passed at ${limit}; anyone may now call flows.expire`, {
    field: 'flowId',
  });
}

/**
 * Demands that the named attempt is the current one of the current step.
 *
 * @throws ContractError ILLEGAL_TRANSITION
 */
export function assertCurrent(flow: FlowRecord, step: FlowStepRecord, attempt: number): void {
  if (flow.currentStep === step.step && step.attempt === attempt) return;
  throw new ContractError(
    'ILLEGAL_TRANSITION',
    `attempt: ${step.step}/${attempt} is not the current one; step ${flow.currentStep ?? 'none'} is, attempt ${step.attempt}`,
    { field: 'attempt' },
  );
}
