import { orderer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { normalPem } from '../identity/certificate.ts';
import { checkEndpoint, formatEndpoint, type Endpoint } from '../names.ts';

/** An orderer that takes part in consensus. Others know it by its TLS certificates, so renewing these is an update. */
export interface Consenter extends Endpoint {
  readonly clientTlsCertificate: string;
  readonly serverTlsCertificate: string;
}

/** Times and sizes of Raft. */
export interface RaftOptions {
  readonly tickMs: number;
  /** Ticks without a sign of the leader until an election. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly maxInflightBlocks: number;
  /** Octets of log after which a snapshot is taken. */
  readonly snapshotIntervalSize: number;
}

export const DEFAULT_RAFT: RaftOptions = { tickMs: 500, electionTicks: 10, heartbeatTicks: 1, maxInflightBlocks: 5, snapshotIntervalSize: 16 * 1024 * 1024 };

/** The value `ConsensusType` of a channel ordered by Raft. @throws FabricNetworkError VALUE_INVALID and those of its parts */
export function raftConsensus(consenters: readonly Consenter[], raft: RaftOptions): orderer.ConsensusType {
  if (!(raft.electionTicks > raft.heartbeatTicks && raft.heartbeatTicks > 0)) {
    throw new FabricNetworkError('VALUE_INVALID', 'raft.electionTicks: must be above raft.heartbeatTicks, and that above 0.', { field: 'raft.electionTicks' });
  }
  const options = new orderer.etcdraft.Options();
  options.setTickInterval(`${raft.tickMs}ms`);
  options.setElectionTick(raft.electionTicks);
  options.setHeartbeatTick(raft.heartbeatTicks);
  options.setMaxInflightBlocks(raft.maxInflightBlocks);
  options.setSnapshotIntervalSize(raft.snapshotIntervalSize);
  const metadata = new orderer.etcdraft.ConfigMetadata();
  metadata.setOptions(options);
  metadata.setConsentersList(consenters.map(consenterMessage));
  return consensusType(metadata);
}

/** The value `ConsensusType` with this metadata; in normal state, not in the maintenance of a migration. */
export function consensusType(metadata: orderer.etcdraft.ConfigMetadata): orderer.ConsensusType {
  const type = new orderer.ConsensusType();
  type.setType('etcdraft');
  type.setMetadata(metadata.serializeBinary());
  return type;
}

/** @throws FabricNetworkError ENDPOINT_INVALID, CERTIFICATE_INVALID */
export function consenterMessage(consenter: Consenter): orderer.etcdraft.Consenter {
  const name = formatEndpoint(checkEndpoint(consenter, 'consenter'));
  const message = new orderer.etcdraft.Consenter();
  message.setHost(consenter.host);
  message.setPort(consenter.port);
  message.setClientTlsCert(Buffer.from(normalPem(consenter.clientTlsCertificate, `consenter ${name}: clientTlsCertificate`)));
  message.setServerTlsCert(Buffer.from(normalPem(consenter.serverTlsCertificate, `consenter ${name}: serverTlsCertificate`)));
  return message;
}

/** Reads the consenters out of a value `ConsensusType`. @throws FabricNetworkError CONFIG_INVALID */
export function readConsensus(octets: Uint8Array): orderer.etcdraft.ConfigMetadata {
  const type = orderer.ConsensusType.deserializeBinary(octets);
  if (type.getType() !== 'etcdraft') throw new FabricNetworkError('CONFIG_INVALID', `ConsensusType: is ${JSON.stringify(type.getType())}, not etcdraft.`, { field: 'ConsensusType' });
  return orderer.etcdraft.ConfigMetadata.deserializeBinary(type.getMetadata_asU8());
}
