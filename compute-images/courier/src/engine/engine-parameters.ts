import { columnsMeant, MPC_PROTOCOLS, parseExpression, parseProgram, programLists, toLists, type ColumnReference, type PartyColumn } from '@collabnet/flow';
import type { CourierJob } from '@collabnet/wire';
import { CourierError } from '../errors.ts';

type Parameters = Readonly<Record<string, unknown>>;
type Build = (job: CourierJob, receivers: readonly string[]) => Parameters;

/** Names of the curves in the psi library. */
const SPU_CURVES: Readonly<Record<string, string>> = { Curve25519: '25519', SM2: 'SM2' };
const SETS_CURVES: Readonly<Record<string, string>> = { Curve25519: 'RISTRETTO255', SM2: 'SM2' };

/** What the engines compute for an operator: a join is an intersection whose rows the courier then lines up. */
function operation({ operator }: CourierJob): string {
  return operator === 'Join' ? 'Intersection' : operator;
}

const SET_BUILDERS: Readonly<Record<CourierJob['algorithm']['engine'], Build>> = {
  spu: (job, receivers) => ({
    protocol: job.parameters['protocol'],
    join: operation(job),
    receivers,
    broadcast: receivers.length > 1,
    ...(job.parameters['protocol'] === 'ECDH' ? { curve: SPU_CURVES[String(job.parameters['curve'])] } : {}),
  }),
  sets: (job, receivers) => ({ operation: operation(job), receivers, ...ofSets(job, receivers) }),
};

function ofSets(job: CourierJob, receivers: readonly string[]): Parameters {
  if (job.operator === 'Deliver') return { giver: job.layout?.[0]?.party };
  return job.operator === 'SqlQuery' ? sqlParameters(job) : matchParameters(job, receivers);
}

function sqlParameters({ trustedHost, program, layout, parameters, minimumSetSize }: CourierJob): Parameters {
  return {
    host: trustedHost?.party,
    query: program,
    tables: layout?.map(({ party, input, columns, keys = 0 }) => ({ party, name: input, columns, keys })),
    maximumRows: parameters['maximumRows'],
    groupSize: parameters['groupSize'],
    minimumGroup: minimumSetSize,
  };
}

function matchParameters(job: CourierJob, receivers: readonly string[]): Parameters {
  return { curve: SETS_CURVES[String(job.parameters['curve'])], ...(job.operator === 'PrivateQuery' ? queryParameters(job, receivers) : setSizes(job)) };
}

function setSizes(job: CourierJob): Parameters {
  // Of a difference and a union each receiver judges what it gets; everything else is about what all have in common.
  return job.operator === 'Difference' || job.operator === 'Union' ? {} : { minimumSetSize: job.minimumSetSize };
}

function queryParameters(job: CourierJob, receivers: readonly string[]): Parameters {
  const [client = ''] = receivers;
  const server = [job.self, ...job.peers].find(({ name }) => name !== client)?.name;
  // The dummy row is asked for like any other.
  return { server, client, maximumQueries: Number(job.parameters['maximumQueries']) + 1, valueColumns: answerColumns(job) };
}

/** Columns that the party which answers a private query gives. */
export function answerColumns({ layout = [], outputs: [output] }: Pick<CourierJob, 'layout' | 'outputs'>): readonly string[] {
  return layout.find(({ party }) => output?.receivers.includes(party) === false)?.columns ?? [];
}

/** What an engine is told of operator and parameters of an operator on sets, in its own words. */
export function setParameters(job: CourierJob, receivers: readonly string[]): Parameters {
  return SET_BUILDERS[job.algorithm.engine](job, receivers);
}

/** By operator that tells figures of groups: the parameter with their smallest size. What owners and network demand counts where it is larger. */
const SMALLEST_GROUP: Readonly<Partial<Record<CourierJob['operator'], string>>> = { Statistics: 'minimumGroupSize', CrossTable: 'minimumGroupSize', Binning: 'minimumBinSize' };

/** What the engine is told of an operator on shares: the same at every party. */
export function mpcParameters({ operator, parameters, program, peers, onShares, minimumSetSize, layout = [] }: CourierJob, receivers: readonly string[]): Parameters {
  const raised = Object.entries(parameters).map(([name, value]): [string, unknown] => [name, name === SMALLEST_GROUP[operator] && typeof value === 'number' ? Math.max(value, minimumSetSize) : value]);
  const protocol = peers.length === 1 ? MPC_PROTOCOLS.TwoPartySemiHonest : MPC_PROTOCOLS.ThreePartyHonestMajority;
  const { expression } = parameters;
  // Of either outcome of an Evaluate its own parameter counts: metrics are about all rows that are judged, and figures of a program about all.
  const judged = operator === 'Evaluate' || operator === 'Program' ? { minimumRows: minimumSetSize } : {};
  const resolve = resolver(layout);
  return {
    operator,
    protocol,
    receivers,
    ...(onShares === undefined ? {} : { computing: onShares }),
    ...Object.fromEntries(raised),
    ...judged,
    ...(typeof expression === 'string' ? { expression: toLists(parseExpression(expression), resolve) } : {}),
    ...(program === undefined ? {} : { program: programLists(parseProgram(program), resolve) }),
  };
}

/** Formulas reach the engine read already, with the party of every column. */
function resolver(layout: NonNullable<CourierJob['layout']>): (reference: ColumnReference) => PartyColumn {
  const columns = layout.flatMap(({ party, kind, columns: names = [] }) => (kind === 'Rows' ? names.map((column) => ({ party, column })) : []));
  return (reference) => {
    const [found] = columnsMeant(reference, columns);
    if (found === undefined) throw new CourierError('JOB_INVALID', `job.json: layout: no party gives a column ${reference.column}`);
    return found;
  };
}
