import { conditionOf } from '@collabnet/crds';

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

/** An object with conditions as the API server shows it. */
export interface Conditioned {
  metadata: { name: string; uid?: string };
  status?: { phase?: string; conditions?: Condition[] };
}

/** What an object says of itself, for messages of tests that waited in vain. */
export function saysOf(object: Conditioned | undefined): string {
  if (object === undefined) return 'there is no such object';
  const conditions = (object.status?.conditions ?? []).map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
  const phase = object.status?.phase === undefined ? [] : [`phase ${object.status.phase}`];
  return [...phase, ...conditions].join('; ') || 'the operator has not looked at it yet';
}

/** The condition Stalled, if it is true. */
export function stalledOf(object: Conditioned): Condition | undefined {
  const stalled = conditionOf(object.status as never, 'Stalled') as Condition | undefined;
  return stalled?.status === 'True' ? stalled : undefined;
}

export function isReady(object: Conditioned): boolean {
  return (conditionOf(object.status as never, 'Ready') as Condition | undefined)?.status === 'True';
}
