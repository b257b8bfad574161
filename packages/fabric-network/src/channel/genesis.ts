import { createHash, randomBytes } from 'node:crypto';
import { common, orderer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { checkChannelName, formatEndpoint } from '../names.ts';
import { channelHeader, signatureHeader, transactionId } from './headers.ts';
import { DEFAULT_RAFT, raftConsensus, type Consenter, type RaftOptions } from './consensus.ts';
import { capabilities, GROUP, newGroup, setPolicy, setValue, VALUE } from './groups.ts';
import { applicationGroup, ordererGroup, type Organisation, type OrderingOrganisation } from './organisation.ts';
import { groupPolicy } from './policies.ts';

/** When a block is cut: at whichever comes first. */
export interface BatchOptions {
  readonly timeoutMs: number;
  readonly maxMessages: number;
  /** A transaction above this is refused, octets. */
  readonly absoluteMaxBytes: number;
  readonly preferredMaxBytes: number;
}

export const DEFAULT_BATCH: BatchOptions = { timeoutMs: 500, maxMessages: 500, absoluteMaxBytes: 10 * 1024 * 1024, preferredMaxBytes: 2 * 1024 * 1024 };

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
  return block(founding.channel, envelope.serializeBinary(), founding.now ?? Date.now());
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

/** @throws FabricNetworkError VALUE_INVALID */
export function batchTimeout(timeoutMs: number): orderer.BatchTimeout {
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1) throw new FabricNetworkError('VALUE_INVALID', 'batch.timeoutMs: must be a whole number above 0.', { field: 'batch.timeoutMs' });
  const message = new orderer.BatchTimeout();
  message.setTimeout(`${timeoutMs}ms`);
  return message;
}

/** @throws FabricNetworkError VALUE_INVALID */
export function batchSize(batch: Omit<BatchOptions, 'timeoutMs'>): orderer.BatchSize {
  if (!(batch.maxMessages >= 1 && batch.preferredMaxBytes >= 1 && batch.absoluteMaxBytes >= batch.preferredMaxBytes)) {
    throw new FabricNetworkError('VALUE_INVALID', 'batch: maxMessages must be above 0, and absoluteMaxBytes not below preferredMaxBytes.', { field: 'batch' });
  }
  const message = new orderer.BatchSize();
  message.setMaxMessageCount(batch.maxMessages);
  message.setAbsoluteMaxBytes(batch.absoluteMaxBytes);
  message.setPreferredMaxBytes(batch.preferredMaxBytes);
  return message;
}

function block(channel: string, config: Uint8Array, now: number): common.Block {
  const nonce = randomBytes(24);
  const header = new common.Header();
  header.setChannelHeader(channelHeader({ type: common.HeaderType.CONFIG, channel, txId: transactionId(nonce, new Uint8Array()), now, version: 1 }).serializeBinary());
  header.setSignatureHeader(signatureHeader(new Uint8Array(), nonce).serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(config);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  const data = new common.BlockData();
  data.setDataList([envelope.serializeBinary()]);
  const blockHeader = new common.BlockHeader();
  blockHeader.setDataHash(createHash('sha256').update(data.getDataList_asU8()[0] ?? '').digest());
  const result = new common.Block();
  result.setHeader(blockHeader);
  result.setData(data);
  result.setMetadata(blockMetadata());
  return result;
}

/** A first block is signed by nobody; it only says that it is the last configuration. */
function blockMetadata(): common.BlockMetadata {
  const last = new common.LastConfig();
  const lastConfig = new common.Metadata();
  lastConfig.setValue(last.serializeBinary());
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(last);
  const signatures = new common.Metadata();
  signatures.setValue(ordererMetadata.serializeBinary());
  const list: Uint8Array[] = Array.from({ length: 5 }, () => new Uint8Array());
  list[common.BlockMetadataIndex.SIGNATURES] = signatures.serializeBinary();
  list[common.BlockMetadataIndex.LAST_CONFIG] = lastConfig.serializeBinary();
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(list);
  return metadata;
}
