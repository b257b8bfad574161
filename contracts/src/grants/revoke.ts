import { assertDigest, assertOwn, consentArgs } from '../core/consent.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { hasRight } from '../core/rights.ts';
import { each } from '../core/page.ts';
import { save } from '../core/store.ts';
import { endByRevocation } from '../flows/revocation.ts';
import { keys } from '../state/keys.ts';
import { grantOf } from './find.ts';
import type { GrantRecord } from './record.ts';

/**
 * Takes a grant back, for good. The owner's institution may do it as well as its data managers, since it only takes
 * rights away. Flows that rely on the grant and are not at their end are ended.
 */
export const revoke = defineMethod(
  'grants.revoke',
  consentArgs('GrantRevocation', ['Approve']),
  (context, { subject, reason }) => {
    const { state, caller, blockTime } = context;
    const grant = grantOf(state, subject.id);
    assertOwn(context, grant.owner, `grant ${subject.id}`);
    if (caller.principal.type === 'person' && !hasRight(state, 'grants.create', caller)) {
      throw new ContractError('FORBIDDEN', 'grants.revoke: of the persons only a data manager of the owner may revoke');
    }
    assertDigest(subject.digest, grant.digest);
    if (grant.state === 'Revoked') return grant;
    const next: GrantRecord = {
      ...grant,
      state: 'Revoked',
      revokedAt: blockTime,
      revokedBy: caller.principal.id,
      revocationReason: reason,
    };
    save(state, keys.grant(subject.id), next);
    context.emit('grant.revoked', subject.id, { asset: grant.content.asset, grantee: grant.content.grantee, reason });
    const open = [...each(state, keys.grantOpen(subject.id, ''))].map(({ suffix }) => suffix);
    for (const flowId of open) endByRevocation(context, flowId, next);
    return next;
  },
);
