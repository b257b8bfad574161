/** Why a step of the development tooling could not be done; `code` is stable. */
export type HackErrorCode = 'COMMAND_FAILED' | 'NOT_READY' | 'MISSING_PREREQUISITE' | 'FOREIGN_CLUSTER' | 'BAD_ARGUMENT' | 'API_FAILED' | 'API_UNAVAILABLE' | 'NOT_FOUND' | 'BAD_KUBECONFIG' | 'LOCKED';

export class HackError extends Error {
  readonly code: HackErrorCode;

  constructor(code: HackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HackError';
    this.code = code;
  }
}
