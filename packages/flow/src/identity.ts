import { canonicalJson, digestOf } from '@collabnet/envelope';
import { commit } from '@collabnet/sm';
import type { FlowSpec } from './spec.ts';

/**
 * The id of a flow: SM3 over network, proposer, namespace/name and the canonical specification (design.md §8.2). The
 * same task applied again has the same id, so it adopts its flow; another run needs another `runId`.
 *
 * @param network - network id, hex
 * @param namespacedName - `<namespace>/<name>` of the task where it was applied
 * @returns 64 hex digits
 */
export function flowId(network: string, proposerDid: string, namespacedName: string, spec: FlowSpec): string {
  return digestOf(['collabnet.dev/flow-id/v1', network, proposerDid, namespacedName, spec]);
}

/**
 * Salted commitment to the specification: what the ledger shows and what a person signs.
 *
 * @param salt - at least 16 random octets, known to the parties and the auditors only
 * @returns 64 hex digits
 */
export function specDigest(salt: Uint8Array, spec: FlowSpec): string {
  return commit(salt, canonicalJson(spec));
}
