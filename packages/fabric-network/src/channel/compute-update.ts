import { common } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import type { ChannelConfig } from './channel-config.ts';
import type { ConfigChange } from './changes.ts';

/**
 * Computes an update: the versions it was made on (read set) and what it changes (write set). A group is rewritten when
 * an element is added to or removed from it, and then lists all of its elements; else only what differs is named.
 * The octets depend on configuration and change alone, so members who compute the same update sign the same octets.
 *
 * @returns the serialised `ConfigUpdate`, which is what members sign
 * @throws FabricNetworkError NO_CHANGE and those of the change
 */
export function computeUpdate({ channel, config }: ChannelConfig, change: ConfigChange): Uint8Array {
  const updated = config.clone();
  change(updated);
  const [before, after] = [config.getChannelGroup(), updated.getChannelGroup()];
  if (before === undefined || after === undefined) throw new FabricNetworkError('CONFIG_INVALID', 'config: has no channel group.', { field: 'config' });
  const difference = compareGroups(before, after);
  if (difference === undefined) throw new FabricNetworkError('NO_CHANGE', 'change: the channel is configured like this already.', { field: 'change' });
  const update = new common.ConfigUpdate();
  update.setChannelId(channel);
  update.setReadSet(difference.read);
  update.setWriteSet(difference.write);
  return update.serializeBinary();
}

interface Difference {
  readonly read: common.ConfigGroup;
  readonly write: common.ConfigGroup;
}

/** Undefined when nothing differs. */
function compareGroups(before: common.ConfigGroup, after: common.ConfigGroup): Difference | undefined {
  const kinds = [
    compareElements<common.ConfigGroup>(before.getGroupsMap(), after.getGroupsMap(), groupDifference, groupStub),
    compareElements<common.ConfigValue>(before.getValuesMap(), after.getValuesMap(), valueDifference, valueStub),
    compareElements<common.ConfigPolicy>(before.getPoliciesMap(), after.getPoliciesMap(), policyDifference, policyStub),
  ] as const;
  const rewritten = kinds.some(({ membership }) => membership) || before.getModPolicy() !== after.getModPolicy();
  if (!rewritten && kinds.every(({ changed }) => changed.size === 0)) return undefined;
  const read = groupStub(before);
  const write = groupStub(before);
  if (rewritten) {
    write.setVersion(before.getVersion() + 1);
    write.setModPolicy(after.getModPolicy());
  }
  fill(kinds[0], rewritten, read.getGroupsMap(), write.getGroupsMap());
  fill(kinds[1], rewritten, read.getValuesMap(), write.getValuesMap());
  fill(kinds[2], rewritten, read.getPoliciesMap(), write.getPoliciesMap());
  return { read, write };
}

interface Comparison<T> {
  /** Whether an element came or went. */
  readonly membership: boolean;
  /** What the two sets name; `read` is missing for a value or policy, whose version stands in the write set. */
  readonly changed: ReadonlyMap<string, { read?: T; write: T }>;
  readonly same: ReadonlyMap<string, T>;
}

interface Elements<T> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, value: T): unknown;
  keys(): { next(): { done?: boolean; value?: string } };
  forEach(callback: (entry: T, key: string) => void): void;
}

function compareElements<T>(
  before: Elements<T>,
  after: Elements<T>,
  differ: (old: T | undefined, now: T) => { read?: T; write: T } | undefined,
  stub: (element: T) => T,
): Comparison<T> {
  const changed = new Map<string, { read?: T; write: T }>();
  const same = new Map<string, T>();
  let membership = false;
  before.forEach((_, key) => {
    if (!after.has(key)) membership = true;
  });
  after.forEach((now, key) => {
    const old = before.get(key);
    if (old === undefined) membership = true;
    const difference = differ(old, now);
    if (difference !== undefined) changed.set(key, difference);
    else if (old !== undefined) same.set(key, stub(old));
  });
  return { membership, changed, same };
}

function fill<T>({ changed, same }: Comparison<T>, rewritten: boolean, read: Elements<T>, write: Elements<T>): void {
  for (const [key, element] of changed) {
    if (element.read !== undefined) read.set(key, element.read);
    write.set(key, element.write);
  }
  if (!rewritten) return;
  for (const [key, element] of same) {
    read.set(key, element);
    write.set(key, element);
  }
}

function groupDifference(old: common.ConfigGroup | undefined, now: common.ConfigGroup): { read?: common.ConfigGroup; write: common.ConfigGroup } | undefined {
  if (old !== undefined) return compareGroups(old, now);
  const write = compareGroups(new common.ConfigGroup(), now)?.write ?? new common.ConfigGroup();
  // What is new has version 0, however much is in it.
  write.setVersion(0);
  write.setModPolicy(now.getModPolicy());
  return { write };
}

function valueDifference(old: common.ConfigValue | undefined, now: common.ConfigValue): { write: common.ConfigValue } | undefined {
  if (old !== undefined && old.getModPolicy() === now.getModPolicy() && Buffer.compare(old.getValue_asU8(), now.getValue_asU8()) === 0) return undefined;
  const write = now.clone();
  write.setVersion(old === undefined ? 0 : old.getVersion() + 1);
  return { write };
}

function policyDifference(old: common.ConfigPolicy | undefined, now: common.ConfigPolicy): { write: common.ConfigPolicy } | undefined {
  if (old !== undefined && old.getModPolicy() === now.getModPolicy() && samePolicy(old, now)) return undefined;
  const write = now.clone();
  write.setVersion(old === undefined ? 0 : old.getVersion() + 1);
  return { write };
}

function samePolicy(a: common.ConfigPolicy, b: common.ConfigPolicy): boolean {
  const octets = (policy: common.ConfigPolicy): Uint8Array => policy.getPolicy()?.serializeBinary() ?? new Uint8Array();
  return Buffer.compare(octets(a), octets(b)) === 0;
}

function groupStub(group: common.ConfigGroup): common.ConfigGroup {
  const stub = new common.ConfigGroup();
  stub.setVersion(group.getVersion());
  return stub;
}

function valueStub(value: common.ConfigValue): common.ConfigValue {
  const stub = new common.ConfigValue();
  stub.setVersion(value.getVersion());
  return stub;
}

function policyStub(policy: common.ConfigPolicy): common.ConfigPolicy {
  const stub = new common.ConfigPolicy();
  stub.setVersion(policy.getVersion());
  return stub;
}
