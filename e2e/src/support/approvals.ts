import type { Approval, ApprovalSpec } from '@collabnet/crds';
import { approvalStatementOf } from '@collabnet/crds';
import { approvalPayload, transactionBytes } from '@collabnet/envelope';
import { collabnet, NETWORK, type DemoInstitution, type RunResult } from '@collabnet/hack';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';

/** A person of an institution decides, by the command. */
export function decide(verb: 'approve' | 'refuse', who: DemoInstitution, target: string, reason: string): Promise<RunResult> {
  return collabnet(who.namespace, [verb, target, '--key', who.person.name, '--reason', reason, '--yes', '--timeout', '180s']);
}

/** The signed Approval that the command would have made. */
export async function signedApproval(who: DemoInstitution, target: string): Promise<Approval> {
  const { stdout } = await collabnet(who.namespace, ['approve', target, '--key', who.person.name, '--reason', 'a test', '--yes', '--dry-run', '-o', 'json']);
  return JSON.parse(stdout) as Approval;
}

/** The same decision, but signed by a key that is not the signer's. */
export function forged(networkId: string, approval: Approval): Approval {
  const spec: ApprovalSpec = { ...approval.spec, networkRef: { name: NETWORK } };
  const bytes = transactionBytes(approvalPayload(approvalStatementOf(networkId, spec)));
  return { ...approval, spec: { ...spec, signature: sm2Sign(bytes, generateSm2KeyPair().privateKey) } };
}

/** The same Approval under another name. */
export function renamed(approval: Approval, name: string): Approval {
  return { ...approval, metadata: { name } };
}
