import type { ComputeTaskSpec } from '@collabnet/crds';
import type { DslDuration } from './dsl-duration.ts';

/**
 * The subset of the CNCF Serverless Workflow DSL in which a ComputeTask can be written: version 1.0.3 (schema
 * https://serverlessworkflow.io/schemas/1.0.3/workflow.yaml), of which any 1.0 is read. Every such file is one that the schema allows.
 *
 * - `document.name` is metadata.name; `document.namespace` and `document.version` are asked for by the schema and say nothing here.
 * - `document.metadata.collabnet` ({@link WorkflowTerms}) has what the DSL has no words for: parties, purpose, trust model and the like.
 *   metadata is the place that the schema leaves open (Document, `metadata`, additionalProperties).
 * - `timeout.after` is spec.timeout; inline or ISO 8601, without years, months and fractions.
 * - `do` is a list of steps: a step's name, and a call of a custom function (schema CallFunction): `call: collabnet:<Operator>`, and
 *   `with` ({@link WorkflowArguments}) as the step of a ComputeTask has it. The order of the list says nothing: a step waits for those
 *   whose outputs it reads, and for no others (requirement 108). That is narrower than the DSL, where a list runs from top to bottom,
 *   so a file that relies on its order for anything else is refused by the members which that takes (if, then, input, output, export).
 *
 * Everything else of the DSL is refused by name, see refusals. The schema only knows that a function is called; runtimes of others have no
 * functions of these names, so the file describes a task to them and does not run there.
 */
export interface Workflow {
  readonly document: {
    readonly dsl: string;
    readonly namespace: string;
    readonly name: string;
    readonly version: string;
    readonly metadata: { readonly [TERMS]: WorkflowTerms };
  };
  readonly timeout: { readonly after: DslDuration };
  readonly do: readonly Readonly<Record<string, WorkflowCall>>[];
}

/** What all parties consent to beside the steps; as in the spec of a ComputeTask, with `network` for networkRef.name. */
export type WorkflowTerms = { readonly network: string } & Partial<Omit<ComputeTaskSpec, 'networkRef' | 'steps' | 'timeout'>>;

/** One step. */
export interface WorkflowCall {
  readonly call: string;
  readonly with: WorkflowArguments;
}

type Step = ComputeTaskSpec['steps'][number];

/** A step without name and operator, as in the spec of a ComputeTask. */
export type WorkflowArguments = Pick<Step, 'algorithm' | 'roles' | 'outputs'> & { readonly inputs: readonly Partial<Step['inputs'][number]>[]; readonly parameters?: Step['parameters'] };

/** Version of the DSL that is written. */
export const DSL_VERSION = '1.0.3';
/** Member of document.metadata. */
export const TERMS = 'collabnet';
/** Before the name of the operator in `call`. */
export const CALL_PREFIX = 'collabnet:';
export const TERM_NAMES = ['network', 'runID', 'purpose', 'trustModel', 'wireProfile', 'approvalTimeout', 'maxAttempts', 'auditors', 'parties', 'suspend', 'priority'] as const;
export const ARGUMENT_NAMES = ['algorithm', 'roles', 'inputs', 'parameters', 'outputs'] as const;
