export { FabricNetworkError } from './errors.ts';
export type { FabricNetworkErrorCode } from './errors.ts';
export { checkChannelName, checkEndpoint, checkMspId, formatEndpoint, parseEndpoint } from './names.ts';
export type { Endpoint } from './names.ts';
export { certificateFacts } from './identity/certificate.ts';
export type { CertificateFacts, KeyAndCertificate } from './identity/certificate.ts';
export { createAuthority, enrol, issueTls } from './identity/authority.ts';
export type { AuthorityPurpose, IssuedCertificate, NodeRole } from './identity/authority.ts';
export { revocationList } from './identity/revocation.ts';
export { serializedIdentity, signerFromPem } from './identity/signer.ts';
export type { FabricSigner } from './identity/signer.ts';
export { mspConfig, readMspConfig } from './msp/definition.ts';
export type { MspDefinition } from './msp/definition.ts';
export { localMspFiles } from './msp/local-files.ts';
export type { Files } from './msp/local-files.ts';
export { groupPolicy, signaturePolicy, signatureRule } from './channel/policies.ts';
export type { Principal } from './channel/policies.ts';
export type { Organisation, OrderingOrganisation } from './channel/organisation.ts';
export { DEFAULT_RAFT } from './channel/consensus.ts';
export type { Consenter, RaftOptions } from './channel/consensus.ts';
export { DEFAULT_BATCH } from './channel/batch.ts';
export type { BatchOptions } from './channel/batch.ts';
export { genesisBlock } from './channel/genesis.ts';
export type { ChannelFounding } from './channel/genesis.ts';
export { batchTimeoutOf, capabilitiesOf, consentersOf, membersOf, orderingMembersOf, readConfigBlock } from './channel/channel-config.ts';
export type { ChannelConfig, MemberView } from './channel/channel-config.ts';
export {
  addMember,
  addOrderingMember,
  allOf,
  removeMember,
  removeOrderingMember,
  setAnchorPeers,
  setBatchSize,
  setBatchTimeout,
  setCapabilities,
  setMsp,
  setOrdererEndpoints,
  setSectionPolicy,
} from './channel/changes.ts';
export type { ConfigChange } from './channel/changes.ts';
export { addConsenter, removeConsenter, replaceConsenter } from './channel/consenter-changes.ts';
export { blockFromText, blockToText } from './channel/block-text.ts';
export { computeUpdate } from './channel/compute-update.ts';
export { requiredSignatures } from './channel/required-signatures.ts';
export type { SignatureNeed } from './channel/required-signatures.ts';
export { checkUpdateSignature, checkUpdateSignatures, readUpdate, signUpdate, updateEnvelope } from './channel/update-envelope.ts';
export { servicePackage } from './chaincode/package.ts';
export type { BuiltPackage, ServicePackage } from './chaincode/package.ts';
export { anyNode } from './client/any-node.ts';
export type { NodeAddress } from './client/grpc.ts';
export { broadcast, fetchBlock, fetchConfig, fetchConfigBlock, lastConfigOf } from './client/orderer.ts';
export { OrdererAdmin } from './client/participation.ts';
export type { OrdererChannel } from './client/participation.ts';
export { PeerAdmin } from './client/peer.ts';
export type { InstalledPackage } from './client/peer.ts';
export { PeerSnapshots } from './client/snapshots.ts';
export { ChaincodeLifecycle } from './client/lifecycle.ts';
export type { ApprovedDefinition, ChaincodeDefinition, CommittedDefinition } from './client/lifecycle.ts';
export { ordererConfig } from './node/orderer-config.ts';
export type { OrdererConfigInput } from './node/orderer-config.ts';
export { peerConfig } from './node/peer-config.ts';
export type { PeerConfigInput } from './node/peer-config.ts';
export type { NodePaths } from './node/paths.ts';
