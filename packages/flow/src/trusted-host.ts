import { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
import type { FlowSpec, FlowStep } from './spec.ts';

/** Thumbprint (RFC 7638) of the simulator's key, which everybody knows, so that it proves nothing. */
export const SIMULATOR_VERIFIER = '30HMFgaHiS9_FiJSvUrJZAFwilwtAs0y7YCo51F2DRI';

/** Whose trusted execution environment computes a step, and who must have vouched for it. */
export interface TrustedHost {
  /** Name of a compute party. */
  readonly party: string;
  /** Thumbprint (RFC 7638) of the key that signs attestation results. */
  readonly verifier: string;
  /** Appraisal policy that must have been applied. */
  readonly policy?: string;
  readonly simulated: boolean;
}

/** Undefined for a step that no such environment computes. */
export function trustedHostOf({ trustModel }: Pick<FlowSpec, 'trustModel'>, { operator, parameters }: Pick<FlowStep, 'operator' | 'parameters'>): TrustedHost | undefined {
  if (OPERATOR_CATALOGUE[operator].inputs.rows !== 'Gathered') return undefined;
  const { host, verifier, policy } = parameters;
  return {
    party: String(host),
    verifier: typeof verifier === 'string' ? verifier : SIMULATOR_VERIFIER,
    ...(typeof policy === 'string' ? { policy } : {}),
    simulated: trustModel === 'SimulatedTrustedExecution',
  };
}
