import type { Capability } from '@collabnet/capability';
import type { AlgorithmContent, FlowRecord, FlowStepView } from '@collabnet/contracts';
import type { Delegation } from '@collabnet/envelope';
import { inputKind, OPERATOR_CATALOGUE, partiesOnShares, trustedHostOf, type FlowSpec, type FlowStep, type InputKind, type ProposedStep } from '@collabnet/flow';
import { memberToken } from '@collabnet/messaging';
import { courierJobSchema, courierJobSchemaId, type CourierJob } from '@collabnet/wire';
import { windowOfPair } from './window.ts';

export interface CourierJobInput {
  readonly networkId: string;
  /** DID of this institution. */
  readonly self: string;
  readonly flow: FlowRecord;
  /** What the ledger shows of the step; asset versions are filled in. */
  readonly terms: ProposedStep;
  readonly record: FlowStepView;
  /** The verified specification. */
  readonly spec: FlowSpec;
  readonly algorithm: AlgorithmContent;
  readonly natsUrl: string;
  readonly resultStoreUrl: string;
  /** By input: where its data proxy or result is and the capability that opens it. */
  readonly inputs: Readonly<Record<string, { url: string; capability: Capability }>>;
  /** By output, for those this institution receives. */
  readonly outputs: Readonly<Record<string, Capability>>;
  /** base64url; the same for every attempt of a step, since inputs are frozen. */
  readonly salt: string;
  readonly delegation: Delegation;
  readonly minimumIsolation: CourierJob['minimumIsolation'];
  /** Octets to or from one peer. */
  readonly byteCeiling: number;
  readonly maximumAttempts: number;
  /** Where a courier in a trusted execution environment asks for attestation results. */
  readonly attester: string;
}

const OWN_PORT = 9101;

/**
 * The courier's job of one attempt, from the ledger's record and the verified specification alone.
 *
 * @throws ZodError when the record does not make a valid job
 */
export function courierJob(input: CourierJobInput): CourierJob {
  const { flow, terms, record, spec, algorithm } = input;
  const step = stepOf(spec, terms.name);
  const party = (name: string): CourierJob['self'] => {
    const did = didOf(spec, name);
    return { name, did, token: memberToken(did) };
  };
  const own = spec.parties.find((each) => each.did === input.self)?.name ?? '';
  const peers = step.roles.compute.filter((name) => name !== own).map(party);
  const onShares = partiesOnShares(step.operator, step.roles.compute);
  return courierJobSchema.parse({
    schema: courierJobSchemaId,
    networkId: input.networkId,
    flowId: flow.flowId,
    step: terms.name,
    attempt: record.attempt,
    specDigest: flow.specDigest,
    self: party(own),
    peers,
    wireProfile: flow.wireProfile,
    operator: step.operator,
    algorithm: { name: algorithm.name, version: algorithm.version, engine: algorithm.engine, ...(algorithm.imageDigest === undefined ? {} : { imageDigest: algorithm.imageDigest }) },
    parameters: step.parameters,
    ...(OPERATOR_CATALOGUE[step.operator].program === undefined ? {} : { program: algorithm.program }),
    deadline: flow.deadline,
    nats: { url: input.natsUrl },
    inputs: terms.inputs
      .filter((each) => each.party === input.self)
      .map(({ name, asset, assetVersion, from, keys, columns }) => ({ name, kind: kindOf(spec, step, name), ...(from === undefined ? { asset, version: assetVersion } : { from }), ...input.inputs[name], keys, columns })),
    ...trustedHost(input, step),
    ...(needsLayout(step) ? { layout: layoutOf(spec, step) } : {}),
    ...(onShares.length < step.roles.compute.length ? { onShares } : {}),
    salt: input.salt,
    outputs: step.outputs.map(({ name, receivers }) => {
      const capability = input.outputs[name];
      return { name, receive: receivers.includes(own), receivers, ...(capability === undefined ? {} : { resultStoreUrl: input.resultStoreUrl, capability }) };
    }),
    minimumSetSize: flow.minimumSetSize ?? 1,
    minimumIsolation: input.minimumIsolation,
    byteCeiling: input.byteCeiling,
    window: windowOfPair(input.maximumAttempts, peers.length),
    delegation: input.delegation,
    enginePorts: { self: OWN_PORT, peers: Object.fromEntries(peers.map(({ name }, index) => [name, OWN_PORT + 1 + index])) },
    attempts: record.attempts.map(({ attempt, reason }) => ({ attempt, reason: reason.slice(0, 128) })).slice(-16),
  });
}

export function stepOf(spec: FlowSpec, name: string): FlowStep {
  const step = spec.steps.find((each) => each.name === name);
  if (step === undefined) throw new Error(`the specification has no step ${name}`);
  return step;
}

/** Operators whose engines must know of the columns of all parties: those on shares, who asks for columns of the other, and who is given rows. */
function needsLayout({ operator }: FlowStep): boolean {
  const { inputs, result } = OPERATOR_CATALOGUE[operator];
  return inputs.rows !== 'Keyed' || result === 'Answers';
}

/** Inputs of all parties, in the order of the specification: engines that compile one program must agree on them. */
function layoutOf(spec: FlowSpec, { operator, inputs }: FlowStep): CourierJob['layout'] {
  const { inputs: { rows }, result } = OPERATOR_CATALOGUE[operator];
  const gathered = rows === 'Gathered';
  const handsOn = result === 'Artefact' || gathered;
  const columnsOf = ({ keys, columns }: FlowStep['inputs'][number]): string[] => [...(handsOn ? keys : []), ...columns.filter((column) => !keys.includes(column))];
  return inputs.map((input) => ({ party: input.party, input: input.name, kind: inputKind(spec, input), columns: columnsOf(input), ...(gathered ? { keys: input.keys.length } : {}) }));
}

/** The attester is told to the host alone. */
function trustedHost({ spec, self, attester }: CourierJobInput, step: FlowStep): Pick<CourierJob, 'trustedHost'> {
  const host = trustedHostOf(spec, step);
  if (host === undefined) return {};
  return { trustedHost: { ...host, ...(didOf(spec, host.party) === self ? { attester } : {}) } };
}

function kindOf(spec: FlowSpec, step: FlowStep, name: string): InputKind {
  const input = step.inputs.find((each) => each.name === name);
  if (input === undefined) throw new Error(`step ${step.name} of the specification has no input ${name}`);
  return inputKind(spec, input);
}

function didOf(spec: FlowSpec, party: string): string {
  const did = spec.parties.find((each) => each.name === party)?.did;
  if (did === undefined) throw new Error(`the specification has no party ${party}`);
  return did;
}
