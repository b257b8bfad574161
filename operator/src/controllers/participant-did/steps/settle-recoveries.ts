import type { Page, RecoveryRequest } from '@collabnet/contracts';
import { nextSignKeyId } from '@collabnet/did';
import { LedgerError } from '@collabnet/ledger';
import type { InstitutionKeys } from '../../../institution/institution-keys.ts';
import type { NetworkSession } from '../../../institution/network-session.ts';
import { StalledError, WaitError, type StepResult } from '../../../runtime/index.ts';
import { asReconcileError } from '../../sessions.ts';
import { ifKnown, ownSessions, type DidContext, type DidServices } from '../did-services.ts';

/** A recovery is looked at again at least this often, ms: the ledger's clock and this one differ. */
const LOOK_AGAIN_MS = 5_000;

/**
 * Takes part in recoveries of the institution's own keys. One that names keys held here is completed when its lock has
 * passed. One that names others is vetoed while the key in force is held here: whoever holds it needs no recovery.
 */
export async function settleRecoveries(ctx: DidContext, services: DidServices): Promise<StepResult> {
  if (ctx.object.spec.type === 'Person') return;
  const keys = await services.keys.load(ctx.object);
  const shown: NonNullable<DidContext['status']['recoveries']> = [];
  let ours = false;
  let missing: unknown;
  for (const session of await ownSessions(ctx, services)) {
    const page = await ifKnown(session.ledger.evaluate<Page<RecoveryRequest>>('identity', 'recoveryRequests', { did: session.did, open: true, limit: 200 }));
    for (const request of page?.items ?? []) {
      const settled = await settle(ctx, session, keys, request);
      if (settled) continue;
      const { id, via, state, effectiveAt } = request;
      if (isOurs(keys, request)) ours = true;
      shown.push({ networkID: session.networkId, id, via, state, ...(effectiveAt !== undefined && { effectiveAt: new Date(effectiveAt).toISOString() }) });
    }
    missing ??= await session.signingKey().then(
      () => undefined,
      (error: unknown) => error,
    );
  }
  ctx.status.recoveries = shown;
  if (missing !== undefined && ours) throw new WaitError('Recovering', `the keys held here take over when the lock of the recovery has passed: ${shown.map(({ effectiveAt }) => effectiveAt ?? 'votes are missing').join(', ')}`, LOOK_AGAIN_MS);
  if (missing instanceof StalledError) throw missing;
  return shown.length === 0 ? undefined : { requeueAfterMs: LOOK_AGAIN_MS };
}

/** @returns whether the request is over now */
async function settle(ctx: DidContext, session: NetworkSession, keys: InstitutionKeys, request: RecoveryRequest): Promise<boolean> {
  const held = isOurs(keys, request);
  if (held !== undefined) return complete(ctx, session, held, request);
  if (request.via !== 'Keys' || request.state !== 'Locked' || !(await holdsKeyInForce(session))) return false;
  const { id } = request;
  const call = { subject: { kind: 'Recovery', id, digest: id }, decision: 'Refuse', reason: 'the institution holds its key', body: { did: session.did } };
  try {
    await session.submit({ kind: 'Recovery', contract: 'identity', method: 'vetoRecovery', public: call });
  } catch (error) {
    // Too late: while this operator was away nobody objected.
    if (error instanceof LedgerError && error.code === 'EXPIRED') return false;
    throw asReconcileError(error, `the veto of recovery ${id}`);
  }
  ctx.event({ type: 'Warning', reason: 'RecoveryVetoed', message: `recovery ${id.slice(0, 16)} in network ${session.name} names keys that are not ours; the recovery keys may be in wrong hands` });
  return true;
}

/** The keys held here that a request would bring in. */
function isOurs(keys: InstitutionKeys, { statement }: RecoveryRequest): InstitutionKeys | undefined {
  return [keys, keys.pending].find((each) => each?.signPublicKey === statement.newSignKey && each.agreePublicKey === statement.newAgreeKey);
}

async function complete(ctx: DidContext, session: NetworkSession, held: InstitutionKeys, { id, state, effectiveAt }: RecoveryRequest): Promise<boolean> {
  if (state !== 'Locked' || effectiveAt === undefined || ctx.clock.now() < effectiveAt) return false;
  const keyId = nextSignKeyId(await session.resolve(session.did));
  const call = { kind: 'Recovery', contract: 'identity', method: 'completeRecovery', public: { id } };
  try {
    await session.relay(await session.sign(call, { keyId, publicKey: held.signPublicKey, sign: (message) => held.sign(message) }));
  } catch (error) {
    // By the time of the block; this clock may be ahead.
    if (error instanceof LedgerError && error.code === 'TOO_EARLY') return false;
    throw asReconcileError(error, `the completion of recovery ${id}`);
  }
  ctx.event({ type: 'Normal', reason: 'KeysRecovered', message: `the ledger of network ${session.name} has the new keys` });
  return true;
}

async function holdsKeyInForce(session: NetworkSession): Promise<boolean> {
  return session.signingKey().then(
    () => true,
    () => false,
  );
}
