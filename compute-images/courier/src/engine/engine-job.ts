import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import type { FrozenInput } from '../input/frozen-input.ts';
import type { Workplace } from '../work/workplace.ts';

const longestSeconds = 7 * 86_400;

/** The job of the engine (collabnet.dev/engine-job/v1): peers are loopback addresses, the order of names is the rank. */
export function engineJob({ job, input, output }: Assignment, frozen: FrozenInput, place: Workplace): Record<string, unknown> {
  const address = (port: number | undefined): string => `127.0.0.1:${port ?? 0}`;
  const parties = [
    { name: job.self.name, address: address(job.enginePorts.self) },
    ...job.peers.map((peer) => ({ name: peer.name, address: address(job.enginePorts.peers[peer.name]) })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const { protocol = 'RR22', join, curve, ...rest } = job.parameters;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new CourierError('JOB_INVALID', `job.json: parameters.${unknown}: is not known for psi`);
  return {
    schema: 'collabnet.dev/engine-job/v1',
    task: job.flowId,
    step: job.step,
    attempt: job.attempt,
    algorithm: { name: job.algorithm.name, version: job.algorithm.version },
    self: job.self.name,
    parties,
    inputs: [{ name: input.name, path: place.in(`${input.name}.csv`), keys: input.keys, rows: frozen.engineRows }],
    outputs: [{ name: output.name, path: place.out(`${output.name}.csv`) }],
    parameters: { protocol, join, receivers: output.receivers, broadcast: output.receivers.length > 1, ...(curve === undefined ? {} : { curve }) },
    timeoutSeconds: Math.min(longestSeconds, Math.max(1, Math.ceil((job.deadline - Date.now()) / 1000))),
  };
}
