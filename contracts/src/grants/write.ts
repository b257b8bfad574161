import { digestOf } from '@collabnet/envelope';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { save, stamp } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { GrantContent } from './content.ts';
import type { GrantRecord } from './record.ts';

/**
 * Puts a consented grant on the ledger. Its id is used up for ever, also by revocation: a rollback in a repository
 * cannot revive it (design.md §8.4).
 *
 * @throws ContractError ALREADY_EXISTS, GRANT_REVOKED
 */
export function writeGrant(context: ContractContext, content: GrantContent): GrantRecord {
  const { state, caller, blockTime, height, transaction } = context;
  const known = state.get(keys.grant(content.id)) as GrantRecord | undefined;
  if (known !== undefined) {
    const revoked = known.state === 'Revoked';
    throw new ContractError(
      revoked ? 'GRANT_REVOKED' : 'ALREADY_EXISTS',
      `id: the grant ${content.id} ${revoked ? 'was revoked for good' : 'exists'}; choose a new id`,
      { field: 'id' },
    );
  }
  const record: GrantRecord = {
    ...stamp('grant'),
    content,
    digest: digestOf(content),
    owner: caller.institution,
    person: caller.principal.id,
    state: 'Active',
    createdAt: blockTime,
    createdHeight: height,
    transaction: transaction.digest,
  };
  const { id, asset, grantee, form } = content;
  save(state, keys.grant(id), record);
  save(state, keys.grantByAsset(asset, grantee, id), {});
  save(state, keys.grantByGrantee(grantee, id), {});
  // Apart, so that looking for a standing grant does not walk over the consents of all past flows.
  save(
    state,
    form.type === 'SingleTask' ? keys.grantForFlow(form.flow, id) : keys.grantStanding(asset, grantee, id),
    {},
  );
  context.emit('grant.created', id, { asset, grantee, owner: record.owner, form: form.type });
  return record;
}
