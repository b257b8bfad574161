/**
 * UNAVAILABLE: the environment gave no attestation result; trying again may help. REFUSED: the result does not say what the task
 * demands.
 */
export type AttestationErrorCode = 'ATTESTATION_UNAVAILABLE' | 'ATTESTATION_REFUSED';

export class AttestationError extends Error {
  readonly code: AttestationErrorCode;

  constructor(code: AttestationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AttestationError';
    this.code = code;
  }
}
