export { EnvelopeError } from './errors.ts';
export type { EnvelopeErrorCode } from './errors.ts';
export { canonicalJson, digestOf, isJsonObject } from './json.ts';
export type { Json, JsonObject } from './json.ts';
export { delegationSchemaId, transactionSchemaId } from './types.ts';
export type { Delegation, Principal, SealedPart, SignedTransaction, Signer, TransactionPayload } from './types.ts';
export {
  delegationSchema,
  principalSchema,
  sealedPartSchema,
  signedTransactionSchema,
  transactionPayloadSchema,
  unsignedDelegationSchema,
} from './schema.ts';
export { parseSignedTransaction } from './parse.ts';
export {
  defaultTtlMs,
  newNonce,
  newPayload,
  signTransaction,
  transactionBytes,
  transactionDigest,
} from './transaction.ts';
export type { NewPayloadInput } from './transaction.ts';
export { assertConsent, consentActions } from './consent.ts';
export { delegationBytes, signDelegation } from './delegation.ts';
export { attemptOf, maxDelegations, taskOf } from './verify-delegations.ts';
export { defaultMaxLifetimeMs, verifyTransaction } from './verify.ts';
export type { RegisteredSigner, VerificationContext, VerifiedCaller } from './verify.ts';
export { openSealed, sealedAad, sealJson } from './sealed.ts';
export { approvalActions, approvalPayload, approvalStatementSchema } from './approval.ts';
export type { ApprovalKind, ApprovalStatement } from './approval.ts';
