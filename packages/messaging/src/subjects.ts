import { invitationToken, requireMember, requireToken } from './tokens.ts';

/** One attempt of one step; tokens as made by tokens.ts. */
export interface AttemptAddress {
  readonly net: string;
  readonly task: string;
  readonly attempt: string;
}

export type LedgerOperation = 'submit' | 'blocks' | 'head' | 'join';

/** Bulk frames: `data.<net>.<task>.<attempt>.<from>.<to>`. */
export function dataSubject(address: AttemptAddress, from: string, to: string): string {
  return `data.${attemptPath(address)}.${requireMember(from, 'from')}.${requireMember(to, 'to')}`;
}

/** Operator to courier requests; lives on the local data account and is in no leaf permission, so it never leaves. */
export function attemptControlSubject(address: AttemptAddress): string {
  return `attempt.${attemptPath(address)}.control`;
}

/** Below it a courier answers its operator: nothing else may be said there, and nobody else may say it. Local only. */
export function attemptReplySubject(address: AttemptAddress): string {
  return `attempt-reply.${attemptPath(address)}`;
}

/** Request to the embedded ledger by a member: `ledger.<net>.<from>.<operation>`. */
export function ledgerSubject(net: string, from: string, operation: Exclude<LedgerOperation, 'join'>): string {
  return `ledger.${requireToken(net, 'net')}.${requireMember(from, 'from')}.${operation}`;
}

/** Request to the embedded ledger by the holder of an invitation. */
export function invitationLedgerSubject(
  net: string,
  invitationId: string,
  operation: Exclude<LedgerOperation, 'submit'>,
): string {
  return `ledger.${requireToken(net, 'net')}.${invitationToken(invitationId)}.${operation}`;
}

/** What the ledger host subscribes to: requests of everybody. */
export function ledgerHostSubject(net: string): string {
  return `ledger.${requireToken(net, 'net')}.>`;
}

/**
 * Reads a ledger request subject. The hub lets each member publish under its own token only, so `from` is authentic
 * as far as the hub is trusted; transactions are signed all the same.
 *
 * @returns undefined when the subject is none of the ledger's
 */
export function parseLedgerSubject(
  subject: string,
): { net: string; from: string; operation: LedgerOperation } | undefined {
  const match = /^ledger\.([\w-]+)\.([\w-]+)\.(submit|blocks|head|join)$/.exec(subject);
  if (!match) return undefined;
  const [, net, from, operation] = match as unknown as [string, string, string, LedgerOperation];
  return { net, from, operation };
}

/** Block announcements of the embedded ledger: `ledger-events.<net>`. */
export function ledgerEventsSubject(net: string): string {
  return `ledger-events.${requireToken(net, 'net')}`;
}

/** Where a member announces the head it has verified; without `from`, the wildcard to hear all members. */
export function headsSubject(net: string, from?: string): string {
  return `heads.${requireToken(net, 'net')}.${from === undefined ? '*' : requireMember(from, 'from')}`;
}

/** Inbox prefix of a member's operator, or of one named client of that member (data proxy, result store). */
export function memberInbox(net: string, member: string, client?: string): string {
  const base = `inbox.${requireToken(net, 'net')}.${requireMember(member, 'member')}`;
  return client === undefined ? base : `${base}.${requireToken(client, 'client')}`;
}

/** Inbox prefix of the holder of an invitation. */
export function invitationInbox(net: string, invitationId: string): string {
  return `inbox.${requireToken(net, 'net')}.${invitationToken(invitationId)}`;
}

/** Inbox prefix of a courier; local only. */
export function attemptInbox(address: AttemptAddress): string {
  return `attempt-inbox.${attemptPath(address)}`;
}

function attemptPath({ net, task, attempt }: AttemptAddress): string {
  return `${requireToken(net, 'net')}.${requireToken(task, 'task')}.${requireToken(attempt, 'attempt')}`;
}
