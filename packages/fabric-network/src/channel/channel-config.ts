import { common, orderer, peer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { readMspConfig, type MspDefinition } from '../msp/definition.ts';
import { parseEndpoint, type Endpoint } from '../names.ts';
import { readConsensus, type Consenter } from './consensus.ts';
import { GROUP, VALUE } from './groups.ts';

/** A channel's configuration after one of its updates. */
export interface ChannelConfig {
  readonly channel: string;
  /** Grows by one with each update. */
  readonly sequence: number;
  readonly config: common.Config;
}

/**
 * Reads the configuration that a peer keeps in its state.
 *
 * @param octets `common.Config`, which does not name its channel
 * @throws FabricNetworkError CONFIG_INVALID
 */
export function readConfig(octets: Uint8Array, channel: string): ChannelConfig {
  try {
    return channelConfig(channel, common.Config.deserializeBinary(octets), 'config');
  } catch (cause) {
    if (cause instanceof FabricNetworkError) throw cause;
    throw new FabricNetworkError('CONFIG_INVALID', 'config: cannot be read.', { field: 'config', cause });
  }
}

/**
 * Reads the configuration out of a configuration block.
 *
 * @param expectedChannel refuses the block of another one
 * @throws FabricNetworkError CONFIG_INVALID, WRONG_CHANNEL
 */
export function readConfigBlock(block: common.Block, expectedChannel?: string): ChannelConfig {
  const { channel, envelope } = readBlock(block);
  if (expectedChannel !== undefined && channel !== expectedChannel) {
    throw new FabricNetworkError('WRONG_CHANNEL', `block: belongs to channel ${JSON.stringify(channel)}, not to ${JSON.stringify(expectedChannel)}.`, { field: 'block' });
  }
  return channelConfig(channel, envelope.getConfig(), 'block');
}

function channelConfig(channel: string, config: common.Config | undefined, field: string): ChannelConfig {
  if (config?.getChannelGroup() === undefined) throw new FabricNetworkError('CONFIG_INVALID', `${field}: holds no channel configuration.`, { field });
  return { channel, sequence: config.getSequence(), config };
}

function readBlock(block: common.Block): { channel: string; envelope: common.ConfigEnvelope } {
  try {
    const [first] = block.getData()?.getDataList_asU8() ?? [];
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(first ?? new Uint8Array()).getPayload_asU8());
    const header = common.ChannelHeader.deserializeBinary(payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array());
    if (header.getType() !== common.HeaderType.CONFIG) throw new Error(`its first transaction is of type ${header.getType()}`);
    return { channel: header.getChannelId(), envelope: common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()) };
  } catch (cause) {
    throw new FabricNetworkError('CONFIG_INVALID', 'block: is not a configuration block.', { field: 'block', cause });
  }
}

/** `Application` or `Orderer`. @throws FabricNetworkError CONFIG_INVALID */
export function sectionOf(config: common.Config, name: keyof typeof GROUP): common.ConfigGroup {
  const group = config.getChannelGroup()?.getGroupsMap().get(GROUP[name]);
  if (group === undefined) throw new FabricNetworkError('CONFIG_INVALID', `config: has no group ${GROUP[name]}.`, { field: GROUP[name] });
  return group;
}

/** A member as the configuration has it. */
export interface MemberView {
  readonly mspId: string;
  readonly msp: MspDefinition;
  readonly anchorPeers: readonly Endpoint[];
}

/** Members of the channel, by MSP id. @throws FabricNetworkError CONFIG_INVALID */
export function membersOf({ config }: ChannelConfig): MemberView[] {
  return entries(sectionOf(config, 'application')).map(([mspId, group]) => {
    const anchors = group.getValuesMap().get(VALUE.anchorPeers);
    const list = anchors === undefined ? [] : peer.AnchorPeers.deserializeBinary(anchors.getValue_asU8()).getAnchorPeersList();
    return { mspId, msp: mspOf(group), anchorPeers: list.map((each) => ({ host: each.getHost(), port: each.getPort() })) };
  });
}

/** Ordering members with the addresses of their orderers. @throws FabricNetworkError CONFIG_INVALID */
export function orderingMembersOf({ config }: ChannelConfig): { mspId: string; msp: MspDefinition; endpoints: Endpoint[] }[] {
  return entries(sectionOf(config, 'orderer')).map(([mspId, group]) => {
    const endpoints = group.getValuesMap().get(VALUE.endpoints);
    const list = endpoints === undefined ? [] : common.OrdererAddresses.deserializeBinary(endpoints.getValue_asU8()).getAddressesList();
    return { mspId, msp: mspOf(group), endpoints: list.map((text) => parseEndpoint(text)) };
  });
}

/** The orderers in consensus. @throws FabricNetworkError CONFIG_INVALID */
export function consentersOf({ config }: ChannelConfig): Consenter[] {
  return readConsensus(valueOf(sectionOf(config, 'orderer'), VALUE.consensusType)).getConsentersList().map((each) => ({
    host: each.getHost(),
    port: each.getPort(),
    clientTlsCertificate: Buffer.from(each.getClientTlsCert_asU8()).toString(),
    serverTlsCertificate: Buffer.from(each.getServerTlsCert_asU8()).toString(),
  }));
}

/** Time after which a block is cut, as Fabric writes it (`500ms`). @throws FabricNetworkError CONFIG_INVALID */
export function batchTimeoutOf({ config }: ChannelConfig): string {
  return orderer.BatchTimeout.deserializeBinary(valueOf(sectionOf(config, 'orderer'), VALUE.batchTimeout)).getTimeout();
}

/** Capabilities that a section requires. @throws FabricNetworkError CONFIG_INVALID */
export function capabilitiesOf({ config }: ChannelConfig, section: keyof typeof GROUP): string[] {
  return [...common.Capabilities.deserializeBinary(valueOf(sectionOf(config, section), VALUE.capabilities)).getCapabilitiesMap().keys()];
}

/** Octets of a value. @throws FabricNetworkError CONFIG_INVALID */
export function valueOf(group: common.ConfigGroup, name: string): Uint8Array {
  const value = group.getValuesMap().get(name);
  if (value === undefined) throw new FabricNetworkError('CONFIG_INVALID', `config: has no value ${name}.`, { field: name });
  return value.getValue_asU8();
}

function mspOf(group: common.ConfigGroup): MspDefinition {
  return readMspConfig(valueOf(group, VALUE.msp));
}

function entries(section: common.ConfigGroup): [string, common.ConfigGroup][] {
  return [...section.getGroupsMap().entries()].sort(([a], [b]) => (a < b ? -1 : 1));
}
