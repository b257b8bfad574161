import { load } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import { termsOf } from './load.ts';
import type { FlowRecord, FlowStepRecord, FlowStepView, Reservation, ReservationRecord } from './record.ts';

type View = Pick<WorldState, 'get'>;
type Step = Pick<FlowStepRecord, 'flowId' | 'step' | 'attempt'>;

/** What a party has reserved for the current attempt of a step; undefined while it has not. */
export function reservationOf(state: View, { flowId, step, attempt }: Step, did: string): Reservation | undefined {
  const record = load<ReservationRecord>(state, keys.reservation(flowId, step, did));
  return record?.attempt === attempt ? record.reservation : undefined;
}

/** By DID: who has reserved the current attempt of a step. */
export function reservationsOf(state: View, step: Step, parties: readonly string[]): Record<string, Reservation> {
  return Object.fromEntries(
    parties.flatMap((did) => {
      const reservation = reservationOf(state, step, did);
      return reservation === undefined ? [] : [[did, reservation]];
    }),
  );
}

/** A step with its reservations. */
export function stepView(state: View, flow: FlowRecord, step: FlowStepRecord): FlowStepView {
  return { ...step, reservations: reservationsOf(state, step, termsOf(flow, step.step).computeParties) };
}
