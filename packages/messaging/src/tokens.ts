import { createHash } from 'node:crypto';
import { MessagingError } from './errors.ts';

/** One subject token: letters, digits, `-`, `_`; no dots, wildcards or spaces. @throws MessagingError INVALID_TOKEN */
export function requireToken(value: string, field: string): string {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(value)) {
    throw new MessagingError(
      'INVALID_TOKEN',
      `${field}: must be 1 to 128 letters, digits, '-' or '_' to be a subject token`,
    );
  }
  return value;
}

/** A member token; `invite-…` is kept for those who are not members yet. @throws MessagingError INVALID_TOKEN */
export function requireMember(value: string, field: string): string {
  if (value.startsWith(INVITATION_PREFIX)) {
    throw new MessagingError(
      'INVALID_TOKEN',
      `${field}: must not start with '${INVITATION_PREFIX}'; use memberToken(did)`,
    );
  }
  return requireToken(value, field);
}

const INVITATION_PREFIX = 'invite-';

/** Network token: first 16 hex digits of the network id. */
export function networkToken(networkId: string): string {
  return hexPrefix(networkId, 16, 'networkId');
}

/** Member token: first 16 hex digits of SM3 (GB/T 32905) over the DID in UTF-8. */
export function memberToken(did: string): string {
  if (!did.startsWith('did:')) throw new MessagingError('INVALID_TOKEN', `did: must start with 'did:'`);
  return createHash('sm3').update(did, 'utf8').digest('hex').slice(0, 16);
}

/** Task token: first 32 hex digits of the flow id. */
export function taskToken(flowId: string): string {
  return hexPrefix(flowId, 32, 'flowId');
}

/** Attempt token, such as `intersect-1`. @throws MessagingError INVALID_TOKEN when the attempt is not a positive integer */
export function attemptToken(step: string, attempt: number): string {
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    throw new MessagingError('INVALID_TOKEN', 'attempt: must be an integer of at least 1');
  }
  return `${requireToken(step, 'step')}-${attempt}`;
}

/** Token under which the holder of an invitation speaks before it is a member. */
export function invitationToken(invitationId: string): string {
  return requireToken(`${INVITATION_PREFIX}${invitationId}`, 'invitationId');
}

/** Id of the invitation whose holder speaks under this token; undefined for a member's. */
export function invitationOf(token: string): string | undefined {
  return token.startsWith(INVITATION_PREFIX) ? token.slice(INVITATION_PREFIX.length) : undefined;
}

function hexPrefix(value: string, digits: number, field: string): string {
  const prefix = value.slice(0, digits).toLowerCase();
  if (prefix.length !== digits || !/^[0-9a-f]+$/.test(prefix)) {
    throw new MessagingError('INVALID_TOKEN', `${field}: must begin with ${digits} hex digits`);
  }
  return prefix;
}
