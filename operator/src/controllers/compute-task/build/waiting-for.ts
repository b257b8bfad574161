import type { FlowRecord } from '@collabnet/contracts';
import type { FlowSpec, SealedFlow } from '@collabnet/flow';
import { mirrorName } from './names.ts';

/**
 * What a flow that awaits consent waits for, one sentence each, with the command that would help.
 *
 * @param self DID of the institution that reads it
 */
export function waitingForConsent(flow: FlowRecord, sealed: SealedFlow, self: string): string[] {
  const alias = aliases(sealed.spec);
  const sentences: string[] = [];
  for (const [did, approval] of Object.entries(flow.approvals)) {
    const party = alias(did);
    if (approval.state === 'Waiting') {
      const what = approval.missing.map(({ step, asset, message }) => `${asset} in step ${step}: ${message}`).join('; ');
      const here = did === self ? ' (this institution)' : '';
      sentences.push(`${party}${here}: a person with role DataManager must run: kubectl collabnet approve ${taskNameAt(flow, sealed, did)}${what === '' ? '' : ` [${what}]`}`);
    } else if (approval.state === 'Approved' && flow.confirmations[did] === undefined && everybodyAgreed(flow)) {
      sentences.push(`${party}: its operator must confirm that it will serve the flow`);
    }
  }
  return sentences;
}

export function everybodyAgreed(flow: FlowRecord): boolean {
  return Object.values(flow.approvals).every(({ state }) => state === 'Approved');
}

/** Name of the ComputeTask under which an institution sees the flow. */
export function taskNameAt(flow: FlowRecord, sealed: SealedFlow, did: string): string {
  return did === flow.proposer ? (sealed.name.split('/').at(-1) ?? sealed.name) : mirrorName(flow.proposer, sealed.name, flow.flowId);
}

/** Gives the name of a party within the task, or the DID of one that is no party. */
export function aliases(spec: FlowSpec): (did: string) => string {
  const names = new Map(spec.parties.map(({ name, did }) => [did, name]));
  return (did) => names.get(did) ?? did;
}
