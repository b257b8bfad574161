import type { StandingGrant } from '@collabnet/crds';
import { WaitError } from '../../../runtime/index.ts';
import { required } from '../../collab-network/network-run.ts';
import { asReconcileError } from '../../sessions.ts';
import type { AssetRun } from '../asset-run.ts';
import { revokeGrant, settleGrant, standingGrants, type GrantStatus } from '../grants.ts';

/** Standing grants on the ledger are those of the specification; what was taken out of it is revoked, for good. */
export async function settleGrants(run: AssetRun): Promise<{ requeueAfterMs: number } | undefined> {
  const { ctx, asset } = run;
  const session = required(run.session, 'session');
  const assetId = required(run.assetId, 'assetId');
  try {
    await revokeRemoved(run, assetId);
    const states: GrantStatus[] = [];
    for (const grant of asset.spec.grants) states.push(await settleGrant(session, assetId, grant));
    ctx.status.grants = states;
  } catch (error) {
    throw error instanceof WaitError ? error : asReconcileError(error, `the grants of ${assetId}`);
  }
  report(run, ctx.status.grants);
  return nextTurn(asset.spec.grants, ctx.clock.now());
}

/** A grant that begins or ends by its own terms changes without a block that would tell. */
export function nextTurn(grants: readonly Pick<StandingGrant, 'form'>[], now: number): { requeueAfterMs: number } | undefined {
  const turns = grants.flatMap(({ form }) => [form.notBefore, form.notAfter]).flatMap((time) => (time === undefined ? [] : [Date.parse(time) - now]));
  const ahead = turns.filter((ms) => ms >= 0);
  // Judged by block time, which follows within a second.
  return ahead.length === 0 ? undefined : { requeueAfterMs: Math.min(...ahead) + 1_000 };
}

async function revokeRemoved(run: AssetRun, assetId: string): Promise<void> {
  const { ctx, asset, tools } = run;
  const session = required(run.session, 'session');
  const kept = new Set(asset.spec.grants.map(({ id }) => id));
  // A grant that a person made by an Approval was never in the specification.
  for (const { spec } of tools.informers.approvals.list()) if (spec.subject.kind === 'Grant') kept.add(spec.subject.id);
  for (const grant of await standingGrants(session, assetId)) {
    const { id } = grant.content;
    if (grant.state === 'Revoked' || kept.has(id)) continue;
    await revokeGrant(session, grant, `taken out of spec.grants of DataAsset ${asset.metadata.name}`);
    ctx.event({ type: 'Normal', reason: 'GrantRevoked', message: `grant ${id} is no longer in spec.grants and was revoked for good` });
  }
}

function report({ ctx }: AssetRun, states: readonly GrantStatus[]): void {
  const invalid = states.filter(({ state }) => state === 'Invalid');
  const message = invalid.map(({ id, message }) => `${id}: ${message ?? 'refused'}`).join('; ');
  ctx.setCondition(
    invalid.length === 0
      ? { type: 'GrantsValid', status: 'True', reason: 'Valid', message: '' }
      : { type: 'GrantsValid', status: 'False', reason: 'GrantRefused', message },
  );
}
