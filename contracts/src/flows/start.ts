import { z } from 'zod';
import type { AlgorithmRecord } from '../algorithms/record.ts';
import type { QueryContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { missingConsents } from './approvals.ts';
import { endFlow } from './end.ts';
import { leaseOf } from './lease.ts';
import {
  assertBefore,
  assertComputes,
  assertCurrent,
  assertMay,
  attemptArgs,
  flowOf,
  moveFlow,
  stepOf,
  termsOf,
} from './load.ts';
import type { FlowRecord, FlowStepRecord, Lease, Reservation } from './record.ts';
import { reservationsOf } from './reservations.ts';

/** Answer of `flows.start`: Running with a lease, or Failed with the reason when a consent no longer holds. */
export interface StartResult {
  state: FlowRecord['state'];
  attempt: number;
  lease?: Lease;
  reason?: string;
  message?: string;
}

/**
 * Any compute party starts an attempt that all have reserved. Every grant and the algorithm's state are judged again;
 * where one no longer holds the flow fails here, and its uses are given back. Starting twice changes nothing.
 */
export const start = defineMethod(
  'flows.start',
  z.strictObject(attemptArgs),
  (context, { flowId, step: name, attempt }): StartResult => {
    const { state, blockTime } = context;
    const flow = flowOf(state, flowId);
    const terms = termsOf(flow, name);
    const step = stepOf(state, flowId, name);
    assertComputes(context, terms);
    if (flow.state === 'Running' && flow.currentStep === name && step.attempt === attempt) {
      return { state: flow.state, attempt, lease: leaseOf(context, flow, step, attempt) };
    }
    assertMay(flow, 'start');
    assertCurrent(flow, step, attempt);
    assertBefore(context, step.reserveDeadline ?? 0, 'the time to reserve');
    assertReserved(reservationsOf(state, step, terms.computeParties), terms.computeParties, attempt);
    const fault = missingConsents(context, flow)[0] ?? algorithmFault(context, flow);
    if (fault !== undefined) {
      const {
        state: ended,
        reason,
        message,
      } = endFlow(context, flow, 'start', 'Failed', { reason: fault.code, message: fault.message });
      return {
        state: ended,
        attempt,
        ...(reason === undefined ? {} : { reason }),
        ...(message === undefined ? {} : { message }),
      };
    }
    const running: FlowStepRecord = { ...step, state: 'Running', startedAt: blockTime };
    save(state, keys.flowStep(flowId, name), running);
    const next = moveFlow(context, flow, 'start', 'Running', {});
    context.emit('flow.started', flowId, { step: name, attempt });
    return { state: next.state, attempt, lease: leaseOf(context, next, running, attempt) };
  },
);

/** Reservations are not compared when they are made: a party that reads those of others would have to wait for them. */
function assertReserved(reservations: Record<string, Reservation>, parties: readonly string[], attempt: number): void {
  const waiting = parties.filter((did) => reservations[did] === undefined);
  if (waiting.length > 0) {
    const message = `start: ${waiting.join(' and ')} has not reserved attempt ${attempt}`;
    throw new ContractError('ILLEGAL_TRANSITION', message, { field: 'attempt' });
  }
  if (new Set(Object.values(reservations).map(({ courierKey }) => courierKey)).size === parties.length) return;
  throw new ContractError('CONFLICT', 'courierKey: two parties have reserved with the same one; make a key per attempt', {
    field: 'courierKey',
  });
}

/** An algorithm that may no longer be started: not even one that was only retired. */
function algorithmFault({ state }: QueryContext, flow: FlowRecord): { code: string; message: string } | undefined {
  const refs = flow.steps.filter((step) => step.name === flow.currentStep).map((step) => step.algorithm);
  for (const { name, version } of refs) {
    const is = load<AlgorithmRecord>(state, keys.algorithm(name, version))?.state;
    if (is !== 'Approved')
      return { code: 'ALGORITHM_UNAVAILABLE', message: `${name} ${version} is ${is ?? 'unknown'}` };
  }
  return undefined;
}
