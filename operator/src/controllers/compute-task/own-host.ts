import { trustedHostOf, type FlowSpec, type TrustedHost } from '@collabnet/flow';

/** The trusted execution environment of a step, if it is this institution's. */
export function ownHost(spec: FlowSpec, step: string, did: string): TrustedHost | undefined {
  const found = spec.steps.find(({ name }) => name === step);
  const host = found && trustedHostOf(spec, found);
  return host !== undefined && spec.parties.some((party) => party.name === host.party && party.did === did) ? host : undefined;
}
