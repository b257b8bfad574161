import { OPERATOR_CATALOGUE, type ResultKind } from '@collabnet/flow';
import type { CourierJob } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import type { FrozenInputs } from '../input/frozen-input.ts';
import type { Workplace } from '../work/workplace.ts';
import { mpcParameters, setParameters } from './engine-parameters.ts';

const longestSeconds = 7 * 86_400;
/** Release of each engine's algorithm that its image understands, whatever the ledger's register calls it. */
const SET_ALGORITHMS: Readonly<Record<CourierJob['algorithm']['engine'], { name: string; version: string }>> = {
  spu: { name: 'psi', version: '1.0.0' },
  sets: { name: 'sets', version: '1.0.0' },
};
const MPC_ALGORITHM = { name: 'mpc', version: '1.0.0' };

/** Forms of what an operator on shares makes, in the words of the engine. */
const OUTPUT_KINDS: Readonly<Partial<Record<ResultKind, string>>> = { Table: 'Table', Values: 'Rows', Model: 'Model' };

/** Path of what the engine makes, in the form that its operator has. */
export function outputPath({ output, joined }: Assignment, place: Workplace): string {
  return place.out(joined ? output.name : `${output.name}.csv`);
}

/** The job of the engine (collabnet.dev/engine-job/v1): peers are loopback addresses, the order of names is the rank. */
export function engineJob(assignment: Assignment, frozen: FrozenInputs, place: Workplace): Record<string, unknown> {
  const { job } = assignment;
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
    self: job.self.name,
    parties,
    ...(assignment.joined ? mpcPart(assignment, frozen, place) : setPart(assignment, frozen, place)),
    timeoutSeconds: Math.min(longestSeconds, Math.max(1, Math.ceil((job.deadline - Date.now()) / 1000))),
  };
}

function setPart(assignment: Assignment, { rows: frozen }: FrozenInputs, place: Workplace): Record<string, unknown> {
  const { job, rows, output } = assignment;
  return {
    algorithm: SET_ALGORITHMS[job.algorithm.engine],
    inputs: rows === undefined ? [] : [{ name: rows.name, path: place.in(`${rows.name}.csv`), keys: rows.keys, rows: frozen?.engineRows }],
    outputs: [{ name: output.name, path: outputPath(assignment, place) }],
    parameters: setParameters(job, output.receivers),
  };
}

function mpcPart(assignment: Assignment, { rows: frozen, files }: FrozenInputs, place: Workplace): Record<string, unknown> {
  const { job, rows, output } = assignment;
  const ofRows =
    rows === undefined || frozen === undefined
      ? []
      : [{ name: rows.name, kind: 'Rows', path: place.in(`${rows.name}.csv`), rows: frozen.rows, columns: frozen.columns.slice(rows.keys.length), alignment: frozen.alignment }];
  return {
    algorithm: MPC_ALGORITHM,
    inputs: [...ofRows, ...files.map(({ input, path }) => ({ name: input.name, kind: input.kind, path }))],
    layout: job.layout?.map(({ party, input, kind, columns }) => ({ party, input, kind, ...(kind === 'Rows' ? { columns } : {}) })),
    outputs: output.receive ? [{ name: output.name, kind: OUTPUT_KINDS[OPERATOR_CATALOGUE[job.operator].result], path: outputPath(assignment, place) }] : [],
    parameters: mpcParameters(job, output.receivers),
  };
}
