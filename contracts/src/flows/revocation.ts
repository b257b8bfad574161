import type { ContractContext } from '../core/context.ts';
import type { GrantRecord } from '../grants/record.ts';
import { endFlow } from './end.ts';
import { flowOf } from './load.ts';
import { refreshApprovals } from './refresh.ts';

/**
 * What the revocation of a grant does to a flow that relies on it: an open flow ends; one that gathers consents waits
 * for this one again, or is rejected where the person takes back the consent given for it.
 */
export function endByRevocation(context: ContractContext, flowId: string, grant: GrantRecord): void {
  const flow = flowOf(context.state, flowId);
  const why = { reason: 'GRANT_REVOKED', message: `grant ${grant.content.id} was revoked by ${grant.owner}` };
  if (flow.state !== 'AwaitingApproval') endFlow(context, flow, 'revoke', 'Cancelled', why);
  else if (grant.content.form.type === 'SingleTask') endFlow(context, flow, 'revoke', 'ApprovalReject', why);
  else refreshApprovals(context, flow, 'revoke');
}
