export { FlowError } from './error.ts';
export { formatPath } from './issue.ts';
export type { FlowIssue, FlowIssueCode } from './issue.ts';
export {
  COMPUTE_PARTIES,
  ENGINES,
  MOST,
  MOST_PARTIES,
  MPC_PROTOCOLS,
  OPERATORS,
  PSI_CURVES,
  PSI_PROTOCOLS,
  REFUSED_PROTOCOLS,
  TRUST_MODELS,
  WIRE_PROFILES,
} from './vocabulary.ts';
export type { TrustModel, WireProfile } from './vocabulary.ts';
export {
  FLOW_SPEC_SCHEMA,
  algorithmRefSchema,
  assetIdSchema,
  flowInputSchema,
  flowSpecSchema,
  flowStepSchema,
  sourceSchema,
} from './spec.ts';
export type { AlgorithmRef, FlowInput, FlowSpec, FlowStep } from './spec.ts';
export { trustedHostOf, SIMULATOR_VERIFIER, type TrustedHost } from './trusted-host.ts';
export { formatDuration, parseDuration } from './duration.ts';
export { parseFlow, validateFlow } from './validate.ts';
export { dependencies, stepOrder } from './order.ts';
export { computeParties, partiesOnShares } from './compute-parties.ts';
export { inputKind, type InputKind } from './sources.ts';
export { isWithin, rangeText, type PartyRange } from './party-range.ts';
export { toLists, type ColumnReference, type Expression } from './expression/expression.ts';
export { parseExpression } from './expression/parse.ts';
export { checkProgram, programOperator } from './program/check-program.ts';
export { checkQuery } from './program/check-query.ts';
export { LONGEST_PROGRAM } from './program/program-error.ts';
export { parseProgram } from './program/parse-program.ts';
export { programLists, type Program } from './program/program.ts';
export { runProgram, type Figure, type SampleColumns } from './program/run-program.ts';
export { columnsMeant, type PartyColumn } from './expression/resolve.ts';
export { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
export { parameterHelp, type ParameterHelp } from './operators/parameter-help.ts';
export { inputsText, protocolsText, RESULT_TEXT } from './operators/operator-help.ts';
export { engineIssues } from './operators/engine-issues.ts';
export type { Disclosure, EngineName, EngineSupport, Operator, OperatorInputs, OperatorName, ProgramLanguage, ResultKind } from './operators/operator.ts';
export { flowProposalSchema, proposedInputSchema, proposedStepSchema } from './proposal-schema.ts';
export type { FlowProposal, ProposedInput, ProposedStep } from './proposal-schema.ts';
export { flowId, specDigest } from './identity.ts';
export { flowSpecFromTask } from './from-task.ts';
export type { TaskSpec, TaskStep } from './from-task.ts';
export { buildProposal, checkProposal, proposalPublic } from './proposal.ts';
export type { ProposalInput, SealedFlow } from './proposal.ts';
export { standingGrantContent } from './standing-grant.ts';
export type { StandingGrantSpec } from './standing-grant.ts';
export { inputCommitmentSchema, RECEIPT_SCHEMA, receiptSchema, stepNameSchema, transcriptSchema } from './receipt.ts';
export type { InputCommitment, Receipt, Transcript } from './receipt.ts';
