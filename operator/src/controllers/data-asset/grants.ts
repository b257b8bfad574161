import type { GrantView, Page } from '@collabnet/contracts';
import type { DataAsset, StandingGrant } from '@collabnet/crds';
import { EnvelopeError } from '@collabnet/envelope';
import { FlowError } from '@collabnet/flow';
import { LedgerError } from '@collabnet/ledger';
import type { NetworkSession } from '../../institution/network-session.ts';
import { WaitError } from '../../runtime/index.ts';
import { asReconcileError } from '../sessions.ts';
import { grantTransaction } from './build/grant-transaction.ts';

export type GrantStatus = NonNullable<NonNullable<DataAsset['status']>['grants']>[number];

type Session = Pick<NetworkSession, 'name' | 'networkId' | 'did' | 'ledger' | 'submit' | 'relay'>;

const PAGE = 100;
/** What is decided here must not be decided on an old view of the ledger. */
const FRESH = { maxStalenessMs: 15_000 };

/**
 * Brings one standing grant to the ledger, or takes it back, and tells how it stands there. A grant that the ledger
 * refuses is a status of its own: the others go on.
 *
 * @throws WaitError LedgerUnavailable
 */
export async function settleGrant(session: Session, assetId: string, grant: StandingGrant): Promise<GrantStatus> {
  const invalid = (message: string): GrantStatus => ({ id: grant.id, grantee: grant.grantee, state: 'Invalid', message });
  try {
    const { tx, digest } = grantTransaction({ id: session.networkId, name: session.name }, assetId, grant);
    const found = await findGrant(session, grant.id);
    if (found !== undefined && (found.digest !== digest || found.owner !== session.did)) {
      return invalid(`id ${grant.id} is on the ledger with another content; give this grant a new id and have it signed again`);
    }
    if (grant.revoked === true) {
      if (found === undefined) return { id: grant.id, grantee: grant.grantee, state: 'Revoked', message: 'withdrawn before it came to the ledger' };
      if (found.state !== 'Revoked') await revokeGrant(session, found, 'spec.grants[].revoked');
    } else if (found === undefined) {
      await session.relay(tx);
    } else if (found.state === 'Revoked') {
      return { ...statusOf(found), message: 'revoked for good; to grant it again have a new grant with a new id signed' };
    }
    return statusOf(required(await findGrant(session, grant.id), grant.id));
  } catch (error) {
    if (error instanceof EnvelopeError || error instanceof FlowError) return invalid(error.message);
    if (!(error instanceof LedgerError)) throw error;
    const passing = asReconcileError(error, `grant ${grant.id}`);
    if (passing instanceof WaitError) throw passing;
    return invalid(`${error.code}: ${error.message}`);
  }
}

/** Takes a grant back in the institution's own name: the contract lets it, since that only takes rights away. */
export async function revokeGrant(session: Session, grant: GrantView, reason: string): Promise<void> {
  await session.submit({
    kind: 'GrantRevocation',
    contract: 'grants',
    method: 'revoke',
    public: { subject: { kind: 'GrantRevocation', id: grant.content.id, digest: grant.digest }, decision: 'Approve', reason },
  });
}

/** Standing grants of an asset on the ledger; consents to single tasks are not among them. */
export async function standingGrants(session: Session, assetId: string): Promise<GrantView[]> {
  const grants: GrantView[] = [];
  let after: string | undefined;
  do {
    const page = await session.ledger.evaluate<Page<GrantView>>('grants', 'byAsset', { asset: assetId, limit: PAGE, ...(after === undefined ? {} : { after }) }, FRESH);
    grants.push(...page.items.filter(({ content, owner }) => content.form.type !== 'SingleTask' && owner === session.did));
    after = page.next;
  } while (after !== undefined);
  return grants;
}

async function findGrant(session: Session, id: string): Promise<GrantView | undefined> {
  try {
    return await session.ledger.evaluate<GrantView>('grants', 'get', { id }, FRESH);
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function statusOf({ content, state, used }: GrantView): GrantStatus {
  const { id, grantee, form } = content;
  const count = form.type === 'Count' ? { count: form.count } : {};
  if (state !== 'NotYetValid') return { id, grantee, state, used, ...count };
  const from = 'notBefore' in form && form.notBefore !== undefined ? new Date(form.notBefore).toISOString() : '';
  return { id, grantee, state: 'Pending', used, ...count, message: `valid from ${from}` };
}

function required(grant: GrantView | undefined, id: string): GrantView {
  if (grant === undefined) throw new Error(`grant ${id} was recorded and cannot be found`);
  return grant;
}
