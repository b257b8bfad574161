import type { CourierJob } from '@collabnet/wire';

type Parameters = Readonly<Record<string, unknown>>;
type Build = (job: CourierJob, receivers: readonly string[]) => Parameters;

/** Names of the curves in the psi library. */
const SPU_CURVES: Readonly<Record<string, string>> = { Curve25519: '25519', SM2: 'SM2' };
const SETS_CURVES: Readonly<Record<string, string>> = { Curve25519: 'RISTRETTO255', SM2: 'SM2' };

const BUILDERS: Readonly<Record<CourierJob['algorithm']['engine'], Build>> = {
  spu: ({ operator, parameters }, receivers) => ({
    protocol: parameters['protocol'],
    join: operator,
    receivers,
    broadcast: receivers.length > 1,
    ...(parameters['protocol'] === 'ECDH' ? { curve: SPU_CURVES[String(parameters['curve'])] } : {}),
  }),
  sets: ({ operator, parameters, minimumSetSize, disclosure }, receivers) => ({
    operation: operator,
    receivers,
    curve: SETS_CURVES[String(parameters['curve'])],
    // Of a difference each party judges its own rows; everything else is about what all have in common.
    ...(operator === 'Difference' ? {} : { minimumSetSize: Math.max(minimumSetSize, disclosure?.minimumSetSize ?? 1) }),
  }),
};

/** What an engine is told of operator and parameters, in its own words. */
export function engineParameters(job: CourierJob, receivers: readonly string[]): Parameters {
  return BUILDERS[job.algorithm.engine](job, receivers);
}
