import { rotationStatement } from '@collabnet/contracts';
import type { CollabNetwork } from '@collabnet/crds';
import { encodeSm2Multikey } from '@collabnet/sm';
import type { InstitutionKeys } from '../../../institution/institution-keys.ts';
import type { NetworkSession } from '../../../institution/network-session.ts';
import { WaitError } from '../../../runtime/index.ts';
import { COLLAB_NETWORK } from '../../kinds.ts';
import { asReconcileError, sessionOf } from '../../sessions.ts';
import type { DidContext, DidServices } from '../did-services.ts';
import { showRegistrations } from './show-registrations.ts';

/** A kubelet brings a changed Secret into a pod within about a minute. */
const DOORS_LEARN_MS = 90_000;

/**
 * Replaces the institution's keys in every network when `spec.keyRotation.generation` was raised. The new keys are in
 * the Secret before any ledger hears of them, and in use once every ledger has them; in between each ledger says which
 * key holds there. So the operator may die at any line.
 */
export async function rotateKeys(ctx: DidContext, services: DidServices): Promise<void> {
  const { sessions, doorsLearnMs = DOORS_LEARN_MS } = services;
  const wanted = ctx.object.spec.keyRotation?.generation ?? 0;
  if (ctx.object.spec.type === 'Person' || wanted <= (await services.keys.generation(ctx.object))) return;
  const { keys, preparedAt } = await services.keys.preparePending(ctx.object, ctx.clock.now());
  const pending = keys.pending;
  if (pending === undefined) throw new Error('the pending keys are not in the Secret; trying again');
  ctx.status.pendingKeys = { publicKeyMultibase: encodeSm2Multikey(pending.signPublicKey), agreeKeyMultibase: encodeSm2Multikey(pending.agreePublicKey) };
  const networks = (await ctx.client.list<CollabNetwork>(COLLAB_NETWORK)).filter((network) => concerns(network, ctx.object.metadata.name));
  for (const { metadata } of networks) useIn(services, metadata.name, keys);
  const wait = networks.length === 0 ? 0 : preparedAt + doorsLearnMs - ctx.clock.now();
  if (wait > 0) throw new WaitError('RotationPrepared', 'the new keys are ready; data proxies and result store learn them before they sign', wait);
  for (const { metadata } of networks) await rotateIn(ctx, sessionOf(sessions, metadata.name), pending);
  const adopted = await services.keys.adoptPending(ctx.object, wanted);
  for (const { metadata } of networks) useIn(services, metadata.name, adopted);
  ctx.status.keyGeneration = wanted;
  ctx.status.publicKeyMultibase = encodeSm2Multikey(adopted.signPublicKey);
  ctx.status.agreeKeyMultibase = encodeSm2Multikey(adopted.agreePublicKey);
  delete ctx.status.pendingKeys;
  // What the step before this one showed were the keys of before.
  await showRegistrations(ctx, services);
  ctx.event({ type: 'Normal', reason: 'KeysRotated', message: `keys of generation ${wanted} are in use in ${networks.length} network(s)` });
}

/** A network that was left or never entered has nothing to rotate. One that cannot be reached is waited for. */
function concerns({ spec, status }: CollabNetwork, participant: string): boolean {
  return spec.didRef.name === participant && status?.membership !== 'Left' && status?.membership !== 'Refused';
}

function useIn({ sessions }: DidServices, network: string, keys: InstitutionKeys): void {
  if (sessions.get(network)?.useKeys(keys) === true) sessions.changed(network);
}

async function rotateIn(ctx: DidContext, session: NetworkSession, pending: InstitutionKeys): Promise<void> {
  const record = await session.resolve(session.did, { maxStalenessMs: 0 });
  if (Object.values(record.keys).some(({ publicKey }) => publicKey === pending.signPublicKey)) return;
  const proof = await pending.sign(rotationStatement(session.networkId, session.did, pending.signPublicKey));
  try {
    await session.submit({ kind: 'Identity', contract: 'identity', method: 'rotateKey', public: { newSignKey: pending.signPublicKey, newAgreeKey: pending.agreePublicKey, proof } });
  } catch (error) {
    throw asReconcileError(error, `the rotation of the keys in network ${session.name}`);
  }
  ctx.event({ type: 'Normal', reason: 'KeyRotated', message: `the ledger of network ${session.name} has the new keys` });
}
