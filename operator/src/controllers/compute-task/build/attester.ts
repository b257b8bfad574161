import type { TrustedHost } from '@collabnet/flow';

/** Of the attestation simulator, in the pod. */
export const SIMULATOR_PORT = 8006;

/** Where the courier of a host asks for attestation results: of the environment, or of the simulator beside it. */
export function attesterOf(host: TrustedHost | undefined, { attester }: { readonly attester: string }): string {
  return host?.simulated === true ? `http://127.0.0.1:${SIMULATOR_PORT}` : attester;
}
