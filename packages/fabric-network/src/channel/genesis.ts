import { common, orderer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { checkChannelName, formatEndpoint } from '../names.ts';
import { batchSize, batchTimeout, DEFAULT_BATCH, type BatchOptions } from './batch.ts';
import { DEFAULT_RAFT, raftConsensus, type Consenter, type RaftOptions } from './consensus.ts';
import { firstBlock } from './first-block.ts';
import { capabilities, GROUP, newGroup, setPolicy, setValue, VALUE } from './groups.ts';
import { applicationGroup, ordererGroup, type Organisation, type OrderingOrganisation } from './organisation.ts';
import { groupPolicy } from './policies.ts';

/** What the founder of a channel decides; all of it can be changed later by an update. */
export interface ChannelFounding {
  readonly channel: string;
  readonly members: readonly Organisation[];
  readonly orderingMembers: readonly OrderingOrganisation[];
  readonly consenters: readonly Consenter[];
  readonly batch?: Partial<BatchOptions>;
  readonly raft?: Partial<RaftOptions>;
  /** Epoch milliseconds; default the clock. */
  readonly now?: number;
}

/**
 * First block of a channel. A change of members or orderers needs the administrators of more than half of them.
 *
 * @throws FabricNetworkError CHANNEL_NAME_INVALID, DUPLICATE_MEMBER, DUPLICATE_CONSENTER, LAST_MEMBER, LAST_CONSENTER and those of the parts
 */
export function genesisBlock(founding: ChannelFounding): common.Block {
  checkFounding(founding);
  const config = new common.Config();
  config.setChannelGroup(channelGroup(founding));
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);
  return firstBlock(founding.channel, envelope.serializeBinary(), founding.now ?? Date.now());
}

function checkFounding({ channel, members, orderingMembers, consenters }: ChannelFounding): void {
  checkChannelName(channel);
  if (members.length === 0) throw new FabricNetworkError('LAST_MEMBER', 'members: a channel needs at least one.', { field: 'members' });
  if (orderingMembers.length === 0) throw new FabricNetworkError('LAST_MEMBER', 'orderingMembers: a channel needs at least one.', { field: 'orderingMembers' });
  if (consenters.length === 0) throw new FabricNetworkError('LAST_CONSENTER', 'consenters: a channel needs at least one.', { field: 'consenters' });
  unique(members.map(({ msp }) => msp.mspId), 'DUPLICATE_MEMBER', 'members');
  unique(orderingMembers.map(({ msp }) => msp.mspId), 'DUPLICATE_MEMBER', 'orderingMembers');
  unique(consenters.map(formatEndpoint), 'DUPLICATE_CONSENTER', 'consenters');
}

function unique(names: readonly string[], code: 'DUPLICATE_MEMBER' | 'DUPLICATE_CONSENTER', field: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new FabricNetworkError(code, `${field}: ${twice} is there twice.`, { field });
}

function channelGroup(founding: ChannelFounding): common.ConfigGroup {
  const group = newGroup();
  const hashing = new common.HashingAlgorithm();
  hashing.setName('SHA256');
  setValue(group, VALUE.hashingAlgorithm, hashing);
  const structure = new common.BlockDataHashingStructure();
  // The only width that Fabric knows: one hash over all transactions of a block.
  structure.setWidth(0xffff_ffff);
  setValue(group, VALUE.blockDataHashingStructure, structure);
  setValue(group, VALUE.capabilities, capabilities('V2_0'));
  setRoles(group, 'MAJORITY');
  group.getGroupsMap().set(GROUP.orderer, orderingSection(founding));
  group.getGroupsMap().set(GROUP.application, applicationSection(founding));
  return group;
}

function orderingSection(founding: ChannelFounding): common.ConfigGroup {
  const batch = { ...DEFAULT_BATCH, ...founding.batch };
  const group = newGroup();
  setValue(group, VALUE.batchSize, batchSize(batch));
  setValue(group, VALUE.batchTimeout, batchTimeout(batch.timeoutMs));
  setValue(group, VALUE.channelRestrictions, new orderer.ChannelRestrictions());
  setValue(group, VALUE.capabilities, capabilities('V2_0'));
  setValue(group, VALUE.consensusType, raftConsensus(founding.consenters, { ...DEFAULT_RAFT, ...founding.raft }));
  setRoles(group, 'MAJORITY');
  setPolicy(group, 'BlockValidation', groupPolicy('ANY', 'Writers'));
  for (const member of founding.orderingMembers) group.getGroupsMap().set(member.msp.mspId, ordererGroup(member));
  return group;
}

function applicationSection(founding: ChannelFounding): common.ConfigGroup {
  const group = newGroup();
  // V2_5 includes V2_0: chaincode by agreed definitions, endorsement by key.
  setValue(group, VALUE.capabilities, capabilities('V2_5'));
  setRoles(group, 'MAJORITY');
  setPolicy(group, 'Endorsement', groupPolicy('MAJORITY', 'Endorsement'));
  setPolicy(group, 'LifecycleEndorsement', groupPolicy('MAJORITY', 'Endorsement'));
  for (const member of founding.members) group.getGroupsMap().set(member.msp.mspId, applicationGroup(member));
  return group;
}

function setRoles(group: common.ConfigGroup, admins: 'MAJORITY' | 'ANY'): void {
  setPolicy(group, 'Readers', groupPolicy('ANY', 'Readers'));
  setPolicy(group, 'Writers', groupPolicy('ANY', 'Writers'));
  setPolicy(group, 'Admins', groupPolicy(admins, 'Admins'));
}
