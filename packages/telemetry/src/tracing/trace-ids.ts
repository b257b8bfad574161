import { createHash } from 'node:crypto';

/**
 * Trace id of a flow: the first 16 octets of its id, which is a digest that all parties of the flow know. So everybody
 * who takes part writes into one trace, and nothing has to be handed from one institution to another for it.
 *
 * @param flowId 64 hex digits, as `status.flowID` of a ComputeTask shows them
 */
export function traceIdOf(flowId: string): string {
  return flowId.slice(0, 32);
}

/**
 * Id of a span, from what it is about: a process that was restarted, or another one, finds the same id again.
 *
 * @param key such as `['attempt', did, step, '1']`
 */
export function spanIdOf(flowId: string, key: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(['collabnet.dev/span/v1', flowId, ...key])).digest('hex').slice(0, 16);
}
