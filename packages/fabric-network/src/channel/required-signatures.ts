import { common } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import type { ChannelConfig } from './channel-config.ts';
import { ADMINS, GROUP } from './groups.ts';
import { readUpdate } from './update-envelope.ts';

/** One policy that an update must satisfy. */
export interface SignatureNeed {
  /** Path of the policy, as the orderer names it when it is not satisfied. */
  readonly policy: string;
  /** MSP ids whose administrators count. */
  readonly of: readonly string[];
  readonly needed: number;
}

/**
 * Whose administrators must sign an update, so that a status can say how many are missing. Each changed part asks for
 * the administrators of the group it stands in. The orderer decides in the end.
 *
 * @throws FabricNetworkError CONFIG_INVALID, WRONG_CHANNEL; VALUE_INVALID where a part is governed by another kind of policy
 */
export function requiredSignatures({ channel, config }: ChannelConfig, update: Uint8Array): SignatureNeed[] {
  const message = readUpdate(update, channel);
  const paths = new Map<string, readonly string[]>();
  const note = (path: readonly string[]): unknown => paths.set(path.join('/'), path);
  visit(config.getChannelGroup(), message.getWriteSet(), [], note);
  return [...paths.values()].flatMap((path) => needsOf(config, path));
}

/** Calls `note` with the path of each group whose administrators decide. What is new is covered by the group around it. */
function visit(
  now: common.ConfigGroup | undefined,
  write: common.ConfigGroup | undefined,
  path: readonly string[],
  note: (path: readonly string[]) => unknown,
): void {
  if (now === undefined || write === undefined) return;
  const changed = <T extends { getVersion(): number; getModPolicy(): string }>(before: T | undefined, after: T): boolean => {
    if (before === undefined || before.getVersion() === after.getVersion()) return false;
    if (before.getModPolicy() !== ADMINS) throw foreign(path, before.getModPolicy());
    return true;
  };
  if (changed(now, write)) note(path);
  write.getValuesMap().forEach((value, name) => changed(now.getValuesMap().get(name), value) && note(path));
  write.getPoliciesMap().forEach((policy, name) => changed(now.getPoliciesMap().get(name), policy) && note(path));
  write.getGroupsMap().forEach((group, name) => visit(now.getGroupsMap().get(name), group, [...path, name], note));
}

function needsOf(config: common.Config, path: readonly string[]): SignatureNeed[] {
  const root = config.getChannelGroup();
  // The channel's own administrators are those of both sections.
  if (path.length === 0) return [...needsOf(config, [GROUP.orderer]), ...needsOf(config, [GROUP.application])];
  const policy = ['', 'Channel', ...path, ADMINS].join('/');
  if (path.length === 2) return [{ policy, of: [path[1] as string], needed: 1 }];
  const section = root?.getGroupsMap().get(path[0] as string);
  const of = [...(section?.getGroupsMap().keys() ?? [])].sort();
  return [{ policy, of, needed: share(section?.getPoliciesMap().get(ADMINS)?.getPolicy(), of.length, path) }];
}

function share(policy: common.Policy | undefined, members: number, path: readonly string[]): number {
  if (policy?.getType() !== common.Policy.PolicyType.IMPLICIT_META) throw foreign(path, 'Admins');
  const { Rule } = common.ImplicitMetaPolicy;
  switch (common.ImplicitMetaPolicy.deserializeBinary(policy.getValue_asU8()).getRule()) {
    case Rule.ANY:
      return Math.min(1, members);
    case Rule.ALL:
      return members;
    default:
      return Math.floor(members / 2) + 1;
  }
}

function foreign(path: readonly string[], policy: string): FabricNetworkError {
  const name = ['', 'Channel', ...path].join('/');
  return new FabricNetworkError('VALUE_INVALID', `update: ${name} is governed by a policy ${JSON.stringify(policy)} that counts no administrators; only the orderer can judge it.`, { field: 'update' });
}
