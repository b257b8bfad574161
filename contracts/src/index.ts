export { CONTRACTS_VERSION } from './version.ts';
export { CONTRACT_ERROR_CODES, ContractError } from './core/contract-error.ts';
export type { ContractErrorCode } from './core/contract-error.ts';
export type { BlockInfo, ContractContext, ContractEvent, ExecutionResult, QueryContext } from './core/context.ts';
export { execute, OPEN_METHODS } from './core/execute.ts';
export { releasesOf, type ContractsRelease, type ContractsReleases, type Migration } from './core/release.ts';
export { CURRENT_RELEASE, RELEASES } from './core/releases.ts';
export { contractsInForce, upgrade, upgradeDigest, type UpgradeRecord } from './core/upgrade.ts';
export { activeMembers } from './core/majority.ts';
export { verifyCaller } from './core/verify.ts';
export { isOlderVersion } from './core/version-order.ts';
export { query } from './core/query.ts';
export type { Page } from './core/page.ts';
export { keys } from './state/keys.ts';
export { MemoryWorldState, OverlayState } from './state/index.ts';
export type { HistoryEntry, RangeOptions, StateEntry, StateWrite, WorldState } from './state/index.ts';
export { genesis, networkIdOf } from './governance/genesis.ts';
export { GENESIS_SCHEMA, genesisPayloadSchema, institutionSchema, personSchema } from './governance/genesis-payload.ts';
export type { GenesisPayload, Institution, Person } from './governance/genesis-payload.ts';
export { DEFAULT_ADMISSION_LAPSE_MS, DEFAULT_RECOVERY_LOCK_MS, DEFAULT_RULES } from './governance/rules.ts';
export type { NetworkRules } from './governance/rules.ts';
export { DEFAULT_RIGHTS, INSTITUTION_ROLES, PERSON_ROLES } from './governance/rights-table.ts';
export type { InstitutionRole, PersonRole, Right, RightsTable } from './governance/rights-table.ts';
export { fabricOrganisationSchema } from './membership/fabric-organisation.ts';
export type { FabricOrganisation } from './membership/fabric-organisation.ts';
export { channelUpdateId } from './channel/octets.ts';
export type { ChannelChange, ChannelUpdateRecord } from './channel/record.ts';
export { admissionEnds, hasEnded, isAdmitted, joinRequestSchema, statedContractsSchema } from './membership/record.ts';
export type { CredentialRecord, InvitationRecord, JoinRecord, JoinRequest, MemberRecord } from './membership/record.ts';
export { assetContentSchema } from './catalogue/record.ts';
export type { AssetContent, AssetRecord, AssetVersionRecord } from './catalogue/record.ts';
export { algorithmContentSchema } from './algorithms/record.ts';
export type { AlgorithmContent, AlgorithmRecord, AlgorithmState, Votes } from './algorithms/record.ts';
export { grantContentSchema } from './grants/content.ts';
export type { GrantContent, GrantForm } from './grants/content.ts';
export type { GrantRecord, GrantUsage, GrantUse, GrantView } from './grants/record.ts';
export { FLOW_STATES, TERMINAL_STATES, TRANSITIONS } from './flows/states.ts';
export type { FlowAction, FlowState, StepState } from './flows/states.ts';
export type {
  FlowApproval,
  FlowRecord,
  FlowStepRecord,
  FlowStepView,
  Lease,
  MissingConsent,
  Reservation,
  ReservationRecord,
  SealedRecord,
} from './flows/record.ts';
export type { StartResult } from './flows/start.ts';
export type { AssetView } from './catalogue/queries.ts';
export type { NetworkView } from './governance/queries.ts';
export { RECEIPT_SCHEMA, receiptSchema, transcriptSchema, type Receipt } from '@collabnet/flow';
export type { ReceiptRecord } from './receipts/record.ts';
export { rotationProof, rotationStatement } from './identity/rotation-proof.ts';
export { recoverySetSchema, recoverySignatureSchema, recoveryStatementSchema } from './recovery/record.ts';
export type {
  RecoveryRequest,
  RecoverySet,
  RecoverySetRecord,
  RecoverySignature,
  RecoveryState,
  RecoveryStatement,
} from './recovery/record.ts';
export { recoveryId, recoverySetText, recoveryText, signRecovery } from './recovery/statement.ts';
export { methods, queries } from './core/registry.ts';
export { joinDigest, joinProof } from './membership/proof.ts';
export { changeId, changeStatementSchema, LONGEST_VOTE_MS, MEMBERSHIP_CHANGES } from './membership/change.ts';
export type { ChangeRecord, ChangeStatement, MembershipChange } from './membership/change.ts';
