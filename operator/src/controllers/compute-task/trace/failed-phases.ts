import { attemptSpan, type Span } from '@collabnet/telemetry';
import type { CourierState, CourierStatus } from '@collabnet/wire';
import type { AttemptId } from '../build/names.ts';

/** How the courier's states read as the phases of a computation (requirement 65). */
const PHASES: Partial<Record<CourierState, string>> = { Fetching: 'prepare', Reserved: 'wait for start', Handshaking: 'align', Running: 'compute', Delivering: 'clean' };

/**
 * How far a failed attempt of this institution came, from what its courier told: there is no receipt that would say.
 * The phase that it ended in carries the reason.
 *
 * @param self DID of this institution
 */
export function failedPhases({ flowId, step, attempt }: AttemptId, self: string, courier: CourierStatus): Span[] {
  const history = courier.history ?? [];
  const key = attemptSpan({ party: self, step, attempt });
  return history.flatMap(({ state, since }, index) => {
    const next = history[index + 1];
    const name = PHASES[state];
    if (name === undefined || next === undefined) return [];
    const failure = next.state === 'Failed' ? courier.failure?.code : undefined;
    const attributes = { 'collabnet.party': self, 'collabnet.step': step, 'collabnet.attempt': attempt, ...(failure === undefined ? {} : { 'collabnet.reason': failure }) };
    return [{ flowId, key: [...key, 'courier', name], parent: key, name, start: since, end: next.since, failure, attributes }];
  });
}
