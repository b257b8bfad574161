import { OPERATOR_CATALOGUE, type FlowInput, type FlowStep } from '@collabnet/flow';
import { outputIdOf, taskIdOf, type Domains } from './kuscia-names.ts';

/** Schema id of the JSON text in taskInputConfig. */
export const NODE_SCHEMA = 'collabnet.dev/kuscia-node/v1';

/**
 * What a KusciaTask computes, as the node of a component graph: which component in which version, its parameters, what goes in
 * and what comes out. Shaped as nodes of the SecretFlow component specification are (domain, name, version, attributes, inputs,
 * outputs), under names of its own, because no SecretFlow image has these components: the AppImage must know this schema.
 */
export interface KusciaNode {
  readonly schema: typeof NODE_SCHEMA;
  readonly component: {
    /** `<domain>/<name>` as below. */
    readonly id: string;
    /** `collabnet.` and the family of the operator, such as `collabnet.sets`. */
    readonly domain: string;
    readonly name: string;
    /** Version of the operator in the catalogue. */
    readonly version: string;
  };
  readonly algorithm: { readonly name: string; readonly version: string };
  /** With every default of the operator written out. */
  readonly parameters: FlowStep['parameters'];
  readonly inputs: readonly KusciaNodeInput[];
  /** Data that the receivers get; its id is that of the DomainData in each receiver's domain. */
  readonly outputs: readonly { readonly name: string; readonly id: string; readonly receivers: readonly string[] }[];
}

/** Rows of a domain: an asset, or what the domain received of another task of the job. */
export interface KusciaNodeInput {
  readonly name: string;
  readonly domainID: string;
  /** Id of the asset on the ledger; which DomainData that is, the domain decides. */
  readonly asset?: { readonly id: string; readonly version?: number };
  readonly from?: { readonly taskID: string; readonly id: string };
  /** A model of another job: where the ledger has it. */
  readonly model?: { readonly flow: string; readonly step: string; readonly output: string };
  readonly keys: readonly string[];
  readonly columns: readonly string[];
}

/** The node of a step. @param job name of the task */
export function nodeOf(job: string, step: FlowStep, domains: Domains): KusciaNode {
  const { name, version, family } = OPERATOR_CATALOGUE[step.operator];
  const domain = `collabnet.${family.toLowerCase()}`;
  return {
    schema: NODE_SCHEMA,
    component: { id: `${domain}/${name}`, domain, name, version },
    algorithm: { ...step.algorithm },
    parameters: { ...step.parameters },
    inputs: step.inputs.map((input) => nodeInput(job, input, domains)),
    outputs: step.outputs.map(({ name: output, receivers }) => ({ name: output, id: outputIdOf(job, step.name, output), receivers: receivers.map((party) => domains[party] ?? '') })),
  };
}

function nodeInput(job: string, { name, party, asset, assetVersion, from, keys, columns }: FlowInput, domains: Domains): KusciaNodeInput {
  return {
    name,
    domainID: domains[party] ?? '',
    ...(asset === undefined ? {} : { asset: { id: asset, ...(assetVersion === undefined ? {} : { version: assetVersion }) } }),
    ...sourceOf(job, from),
    keys: [...keys],
    columns: [...columns],
  };
}

function sourceOf(job: string, from: FlowInput['from']): Pick<KusciaNodeInput, 'from' | 'model'> {
  if (from === undefined) return {};
  const { flow, step, output } = from;
  return flow === undefined ? { from: { taskID: taskIdOf(job, step), id: outputIdOf(job, step, output) } } : { model: { flow, step, output } };
}
