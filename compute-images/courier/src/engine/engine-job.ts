import type { CourierJob } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import type { FrozenInput } from '../input/frozen-input.ts';
import type { Workplace } from '../work/workplace.ts';
import { engineParameters } from './engine-parameters.ts';

const longestSeconds = 7 * 86_400;
/** Release of each engine's algorithm that its image understands, whatever the ledger's register calls it. */
const ALGORITHMS: Readonly<Record<CourierJob['algorithm']['engine'], { name: string; version: string }>> = {
  spu: { name: 'psi', version: '1.0.0' },
  sets: { name: 'sets', version: '1.0.0' },
};

/** The job of the engine (collabnet.dev/engine-job/v1): peers are loopback addresses, the order of names is the rank. */
export function engineJob({ job, input, output }: Assignment, frozen: FrozenInput, place: Workplace): Record<string, unknown> {
  const address = (port: number | undefined): string => `127.0.0.1:${port ?? 0}`;
  const parties = [
    { name: job.self.name, address: address(job.enginePorts.self) },
    ...job.peers.map((peer) => ({ name: peer.name, address: address(job.enginePorts.peers[peer.name]) })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    schema: 'collabnet.dev/engine-job/v1',
    task: job.flowId,
    step: job.step,
    attempt: job.attempt,
    algorithm: ALGORITHMS[job.algorithm.engine],
    self: job.self.name,
    parties,
    inputs: [{ name: input.name, path: place.in(`${input.name}.csv`), keys: input.keys, rows: frozen.engineRows }],
    outputs: [{ name: output.name, path: place.out(`${output.name}.csv`) }],
    parameters: engineParameters(job, output.receivers),
    timeoutSeconds: Math.min(longestSeconds, Math.max(1, Math.ceil((job.deadline - Date.now()) / 1000))),
  };
}
