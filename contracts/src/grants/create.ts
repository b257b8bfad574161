import { digestOf } from '@collabnet/envelope';
import type { AssetRecord } from '../catalogue/record.ts';
import { assertDigest, assertOwn, consentArgs } from '../core/consent.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { assertActive } from '../core/rights.ts';
import { loadOrThrow } from '../core/store.ts';
import { refreshWaiting } from '../flows/refresh.ts';
import { keys } from '../state/keys.ts';
import { FLOW_GRANT_PREFIX, grantContentSchema } from './content.ts';
import { writeGrant } from './write.ts';

/**
 * An owner's data manager grants the use of an asset. Subject id is the grant's id, the digest that of the body. Flows
 * that wait for this consent get it at once.
 */
export const create = defineMethod(
  'grants.create',
  consentArgs('Grant', ['Approve']).extend({ body: grantContentSchema }),
  (context, args) => {
    const { state, blockTime } = context;
    const { subject, body } = args;
    if (subject.id !== body.id)
      throw new ContractError('INVALID_ARGUMENT', 'subject.id: must equal body.id', { field: 'subject.id' });
    assertDigest(subject.digest, digestOf(body));
    // Else anybody with an asset could take the ids that an approval is going to need, and no flow would ever open.
    if (body.id.startsWith(FLOW_GRANT_PREFIX)) {
      throw new ContractError(
        'INVALID_ARGUMENT',
        `body.id: ids that begin with ${FLOW_GRANT_PREFIX} are kept for approvals of flows; choose another`,
        { field: 'body.id' },
      );
    }
    const asset = loadOrThrow<AssetRecord>(state, keys.asset(body.asset), 'such asset', 'body.asset');
    assertOwn(context, asset.owner, body.asset);
    assertActive(state, 'grants.create', body.grantee);
    if (body.form.type !== 'SingleTask' && (body.form.notAfter ?? Infinity) <= blockTime) {
      throw new ContractError('EXPIRED', 'body.form.notAfter: lies in the past', { field: 'body.form.notAfter' });
    }
    const record = writeGrant(context, body);
    refreshWaiting(context, body.asset);
    return record;
  },
);
