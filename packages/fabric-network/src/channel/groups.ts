import { common } from '@hyperledger/fabric-protos';

/** Names that Fabric gives to the parts of a channel configuration. */
export const GROUP = { application: 'Application', orderer: 'Orderer' } as const;
export const VALUE = {
  msp: 'MSP',
  anchorPeers: 'AnchorPeers',
  endpoints: 'Endpoints',
  capabilities: 'Capabilities',
  batchSize: 'BatchSize',
  batchTimeout: 'BatchTimeout',
  consensusType: 'ConsensusType',
  channelRestrictions: 'ChannelRestrictions',
  hashingAlgorithm: 'HashingAlgorithm',
  blockDataHashingStructure: 'BlockDataHashingStructure',
} as const;
/** The policy that may change a part; relative to the group it stands in. */
export const ADMINS = 'Admins';

interface Serializable {
  serializeBinary(): Uint8Array;
}

/** Sets a value of a group to a message. */
export function setValue(group: common.ConfigGroup, name: string, message: Serializable): void {
  const value = new common.ConfigValue();
  const before = group.getValuesMap().get(name);
  value.setVersion(before?.getVersion() ?? 0);
  value.setModPolicy(before?.getModPolicy() ?? ADMINS);
  value.setValue(message.serializeBinary());
  group.getValuesMap().set(name, value);
}

/** Sets a policy of a group. */
export function setPolicy(group: common.ConfigGroup, name: string, policy: common.Policy): void {
  const entry = new common.ConfigPolicy();
  const before = group.getPoliciesMap().get(name);
  entry.setVersion(before?.getVersion() ?? 0);
  entry.setModPolicy(before?.getModPolicy() ?? ADMINS);
  entry.setPolicy(policy);
  group.getPoliciesMap().set(name, entry);
}

/** A group that its own administrators may change. */
export function newGroup(): common.ConfigGroup {
  const group = new common.ConfigGroup();
  group.setModPolicy(ADMINS);
  return group;
}

/** The capabilities that a group requires of every node. */
export function capabilities(...names: readonly string[]): common.Capabilities {
  const message = new common.Capabilities();
  for (const name of names) message.getCapabilitiesMap().set(name, new common.Capability());
  return message;
}
