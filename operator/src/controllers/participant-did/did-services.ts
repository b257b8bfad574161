import type { ParticipantDID } from '@collabnet/crds';
import { formatDid, type RegisteredDid } from '@collabnet/did';
import { LedgerError } from '@collabnet/ledger';
import type { KeySources } from '../../institution/key-sources.ts';
import type { NetworkSession } from '../../institution/network-session.ts';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import type { ReconcileContext, StepResult } from '../../runtime/index.ts';

/** What the ParticipantDID controller works with. */
export interface DidServices {
  keys: KeySources;
  sessions: SessionRegistry;
  /** How long services get to learn a new key before it signs, ms. */
  doorsLearnMs?: number;
}

export type DidContext = ReconcileContext<ParticipantDID>;
export type DidStep = (ctx: DidContext, services: DidServices) => Promise<StepResult>;

/**
 * Open sessions in which this object is the institution itself and has keys to look after: in a network that it has
 * left none of its keys holds, and none has to.
 */
export async function ownSessions(ctx: DidContext, { sessions }: DidServices): Promise<NetworkSession[]> {
  const own = sessions.all().filter((session) => session.did === formatDid(session.networkId, ctx.object.spec.subjectCode));
  const records = await Promise.all(own.map((session) => registeredDid(session, ctx)));
  return own.filter((_session, index) => records[index]?.deactivatedAtHeight === undefined);
}

/** The ledger's record of this object's DID in a network, if it has one. */
export async function registeredDid(session: NetworkSession, { object }: DidContext): Promise<RegisteredDid | undefined> {
  return ifKnown(session.resolve(formatDid(session.networkId, object.spec.subjectCode)));
}

/** Undefined where the ledger knows nothing of it, or has not been reached yet. */
export async function ifKnown<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LedgerError && ['NOT_FOUND', 'STALE'].includes(error.code)) return undefined;
    throw error;
  }
}
