export { attestationResultSchema, type AttestationResult } from './attestation-result.ts';
export { AttestationError, type AttestationErrorCode } from './error.ts';
export { fetchAttestationResult } from './fetch-attestation-result.ts';
export { LONGEST_TOKEN, TOKEN_TYPE } from './token.ts';
export { verifyAttestationResult, type Expectation } from './verify-attestation-result.ts';
