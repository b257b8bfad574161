import { activeMembers, isOlderVersion, keys, type WorldState } from '@collabnet/contracts';
import { parseDid } from '@collabnet/did';

/** First version of the contracts whose members have party keys. */
const SINCE = '1.1.0';
const PREFIX = 'party/';

/** What of the network's record is looked at. */
export interface NetworkRecord {
  readonly networkId: string;
  /** Version of the contracts that the records are of. */
  readonly rules: string;
  readonly ledger?: { readonly driver: string };
}

/** A key of Fabric's state whose changes, from now on, a peer of an organisation has to endorse. */
export interface KeyPolicy {
  readonly key: string;
  readonly mspId: string;
}

/** What a transaction does to party keys. */
export interface PartyChanges {
  /** Keys to be written, in order. */
  readonly keys: readonly string[];
  /** Of the keys that are new. */
  readonly policies: readonly KeyPolicy[];
  /** MSP ids of the organisations whose peers Fabric asks for because of these keys. */
  readonly endorsers: readonly string[];
}

/**
 * The key of Fabric's state that stands for a member: only with an endorsement of the member's own peer can it be written. A
 * transaction that needs this endorsement writes the key; what it writes there means nothing, and nothing ever reads it.
 */
export function partyKey(did: string): string {
  return `${PREFIX}${did}`;
}

/** Whether a key of Fabric's state is a party key. */
export function isPartyKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

/**
 * Which party keys a transaction writes; none where the ledger is not on Fabric. Members' organisations on the channel are named
 * after the subject codes of their DIDs (`membership.join` demands it).
 *
 * @param parties DIDs of members whose own peers have to endorse it
 * @param admitted DIDs of members who get their key by it
 */
export function partyChanges({ ledger }: NetworkRecord, parties: readonly string[], admitted: readonly string[]): PartyChanges {
  if (ledger?.driver !== 'fabric') return { keys: [], policies: [], endorsers: [] };
  const keysOf = (dids: readonly string[]): KeyPolicy[] => dids.map((did) => ({ key: partyKey(did), mspId: parseDid(did).subjectCode }));
  const [written, policies] = [keysOf(parties), keysOf(admitted)];
  const names = new Set([...written, ...policies].map(({ key }) => key));
  return { keys: [...names].sort(), policies, endorsers: [...new Set(written.map(({ mspId }) => mspId))].sort() };
}

/**
 * Members whose records are new.
 *
 * @param base state before
 * @param written keys that were written
 * @param rules version that wrote them
 */
export function newMembers(base: Pick<WorldState, 'get'>, written: readonly string[], rules: string): string[] {
  if (isOlderVersion(rules, SINCE)) return [];
  const prefix = keys.member('');
  return written.filter((key) => key.startsWith(prefix) && base.get(key) === undefined).map((key) => key.slice(prefix.length));
}

/** Members who get their key by an upgrade: all, where it is the one to the first version with such keys. */
export function membersWithoutKey(state: Pick<WorldState, 'range'>, from: string, to: string): string[] {
  return isOlderVersion(from, SINCE) && !isOlderVersion(to, SINCE) ? activeMembers(state) : [];
}
