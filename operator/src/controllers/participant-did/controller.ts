import { validateParticipantDID, type ParticipantDID } from '@collabnet/crds';
import { formatDid, type RegisteredDid } from '@collabnet/did';
import { LedgerError } from '@collabnet/ledger';
import { encodeSm2Multikey } from '@collabnet/sm';
import type { KeySources } from '../../institution/key-sources.ts';
import type { NetworkSession } from '../../institution/network-session.ts';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import { keyOf, type Controller, type Informer, type Manager, type ReconcileContext, type Step } from '../../runtime/index.ts';
import { guardBy } from '../guard.ts';
import { PARTICIPANT_DID } from '../kinds.ts';

/** Controller of ParticipantDID: makes an institution's keys and shows under which DIDs the ledgers know the subject. */
export function participantDidController(
  manager: Manager,
  informer: Informer<ParticipantDID>,
  services: { keys: KeySources; sessions: SessionRegistry },
): Controller<ParticipantDID> {
  const ensureKeys: Step<ParticipantDID> = (ctx) => showKeys(ctx, services.keys);
  const controller = manager.controller<ParticipantDID>({
    name: 'participantdid',
    type: PARTICIPANT_DID,
    informer,
    guard: guardBy(validateParticipantDID),
    steps: [ensureKeys, (ctx) => showRegistrations(ctx, services.sessions)],
  });
  services.sessions.onChange((_network, events) => {
    if (events.length > 0 && !events.some((event) => event.type.startsWith('identity.') || event.type.startsWith('membership.'))) return;
    for (const each of informer.list()) controller.enqueue(keyOf(each));
  });
  return controller;
}

async function showKeys(ctx: ReconcileContext<ParticipantDID>, sources: KeySources): Promise<void> {
  const { spec } = ctx.object;
  if (spec.type === 'Person') {
    ctx.status.publicKeyMultibase = spec.publicKeyMultibase;
    ctx.status.keyID = '#key-1';
    return;
  }
  const keys = await sources.load(ctx.object);
  ctx.status.keyID = `#${keys.signKeyFragment}`;
  ctx.status.publicKeyMultibase = encodeSm2Multikey(keys.signPublicKey);
  ctx.status.agreeKeyMultibase = encodeSm2Multikey(keys.agreePublicKey);
}

async function showRegistrations(ctx: ReconcileContext<ParticipantDID>, sessions: SessionRegistry): Promise<void> {
  const registered = [];
  for (const session of sessions.all()) {
    const did = formatDid(session.networkId, ctx.object.spec.subjectCode);
    const record = await find(session, did);
    if (record === undefined) continue;
    registered.push({ networkID: session.networkId, did, height: record.registeredAtHeight, version: record.version });
    ctx.status.did = did;
  }
  ctx.status.registered = registered;
  if (registered.length > 0) ctx.ready('Registered', `registered in ${registered.length} network(s)`);
  else ctx.ready('KeyReady', 'the key is ready; the DID is registered when its institution founds or joins a network');
}

async function find(session: NetworkSession, did: string): Promise<RegisteredDid | undefined> {
  try {
    return await session.resolve(did);
  } catch (error) {
    if (error instanceof LedgerError && ['NOT_FOUND', 'STALE'].includes(error.code)) return undefined;
    throw error;
  }
}
