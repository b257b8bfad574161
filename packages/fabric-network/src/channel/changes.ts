import type { common } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { mspConfig, type MspDefinition } from '../msp/definition.ts';
import { checkMspId, type Endpoint } from '../names.ts';
import { sectionOf } from './channel-config.ts';
import { batchSize, batchTimeout, type BatchOptions } from './batch.ts';
import type { GROUP} from './groups.ts';
import { capabilities, setPolicy, setValue, VALUE } from './groups.ts';
import { anchorPeersMessage, applicationGroup, endpointsMessage, ordererGroup, type Organisation, type OrderingOrganisation } from './organisation.ts';

/**
 * What an update does to a configuration, done on a copy. A change is data plus this function, so that each member can
 * compute the update for itself from its own configuration and compare, instead of trusting octets it is sent.
 */
export type ConfigChange = (config: common.Config) => void;

/** Several changes in one update. */
export function allOf(...changes: readonly ConfigChange[]): ConfigChange {
  return (config) => changes.forEach((change) => change(config));
}

/** Lets an institution in. @throws FabricNetworkError DUPLICATE_MEMBER, MSP_ID_INVALID, CERTIFICATE_INVALID */
export function addMember(organisation: Organisation): ConfigChange {
  return (config) => insert(sectionOf(config, 'application'), organisation.msp.mspId, applicationGroup(organisation));
}

/** Ends a membership; its orderers, if it has any, are taken out apart. @throws FabricNetworkError UNKNOWN_MEMBER, LAST_MEMBER */
export function removeMember(mspId: string): ConfigChange {
  return (config) => remove(sectionOf(config, 'application'), mspId);
}

/** Lets an institution order; its orderers come with `addConsenter`. @throws FabricNetworkError DUPLICATE_MEMBER */
export function addOrderingMember(organisation: OrderingOrganisation): ConfigChange {
  return (config) => insert(sectionOf(config, 'orderer'), organisation.msp.mspId, ordererGroup(organisation));
}

/** @throws FabricNetworkError UNKNOWN_MEMBER, LAST_MEMBER */
export function removeOrderingMember(mspId: string): ConfigChange {
  return (config) => remove(sectionOf(config, 'orderer'), mspId);
}

/** Addresses by which the peers of an institution are found; its own administrator suffices. @throws FabricNetworkError UNKNOWN_MEMBER */
export function setAnchorPeers(mspId: string, anchorPeers: readonly Endpoint[]): ConfigChange {
  return (config) => setValue(memberGroup(sectionOf(config, 'application'), mspId), VALUE.anchorPeers, anchorPeersMessage(anchorPeers));
}

/** Addresses of the orderers of an institution; its own administrator suffices. @throws FabricNetworkError UNKNOWN_MEMBER */
export function setOrdererEndpoints(mspId: string, endpoints: readonly Endpoint[]): ConfigChange {
  return (config) => setValue(memberGroup(sectionOf(config, 'orderer'), mspId), VALUE.endpoints, endpointsMessage(endpoints));
}

/**
 * Replaces the definition of an institution (a new authority beside the old one, a revocation list) wherever it stands:
 * Fabric refuses two different definitions of one MSP. Its own administrator suffices.
 *
 * @throws FabricNetworkError UNKNOWN_MEMBER
 */
export function setMsp(definition: MspDefinition): ConfigChange {
  return (config) => {
    const sections = [sectionOf(config, 'application'), sectionOf(config, 'orderer')];
    const groups = sections.flatMap((section) => section.getGroupsMap().get(definition.mspId) ?? []);
    if (groups.length === 0) throw unknownMember(definition.mspId);
    for (const group of groups) setValue(group, VALUE.msp, mspConfig(definition));
  };
}

/** @throws FabricNetworkError VALUE_INVALID */
export function setBatchTimeout(timeoutMs: number): ConfigChange {
  return (config) => setValue(sectionOf(config, 'orderer'), VALUE.batchTimeout, batchTimeout(timeoutMs));
}

/** @throws FabricNetworkError VALUE_INVALID */
export function setBatchSize(batch: Omit<BatchOptions, 'timeoutMs'>): ConfigChange {
  return (config) => setValue(sectionOf(config, 'orderer'), VALUE.batchSize, batchSize(batch));
}

/** Replaces the capabilities of a section (`channel` for those of all). Every node must know them, or it stops. */
export function setCapabilities(section: keyof typeof GROUP | 'channel', names: readonly string[]): ConfigChange {
  if (names.length === 0) throw new FabricNetworkError('VALUE_INVALID', 'names: give at least one capability.', { field: 'names' });
  return (config) => setValue(groupAt(config, section), VALUE.capabilities, capabilities(...names));
}

/** Sets a policy of a section or of the channel, such as `Endorsement` of `application`. */
export function setSectionPolicy(section: keyof typeof GROUP | 'channel', name: string, policy: common.Policy): ConfigChange {
  return (config) => setPolicy(groupAt(config, section), name, policy);
}

function groupAt(config: common.Config, section: keyof typeof GROUP | 'channel'): common.ConfigGroup {
  return section === 'channel' ? (config.getChannelGroup() as common.ConfigGroup) : sectionOf(config, section);
}

function memberGroup(section: common.ConfigGroup, mspId: string): common.ConfigGroup {
  const group = section.getGroupsMap().get(mspId);
  if (group === undefined) throw unknownMember(mspId);
  return group;
}

function insert(section: common.ConfigGroup, mspId: string, group: common.ConfigGroup): void {
  if (section.getGroupsMap().has(checkMspId(mspId))) {
    throw new FabricNetworkError('DUPLICATE_MEMBER', `mspId: ${mspId} is a member already; change its MSP or choose another id.`, { field: 'mspId' });
  }
  section.getGroupsMap().set(mspId, group);
}

function remove(section: common.ConfigGroup, mspId: string): void {
  memberGroup(section, mspId);
  if (section.getGroupsMap().getLength() === 1) throw new FabricNetworkError('LAST_MEMBER', `mspId: ${mspId} is the last one; a channel without members cannot be changed any more.`, { field: 'mspId' });
  section.getGroupsMap().del(mspId);
}

function unknownMember(mspId: string): FabricNetworkError {
  return new FabricNetworkError('UNKNOWN_MEMBER', `mspId: ${mspId} is not in this part of the channel configuration.`, { field: 'mspId' });
}
