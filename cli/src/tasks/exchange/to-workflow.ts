import { CliError } from '../../base/errors.ts';
import { dslDuration } from './dsl-duration.ts';
import type { SourceTask } from './source-task.ts';
import { CALL_PREFIX, DSL_VERSION, TERMS, type Workflow, type WorkflowArguments, type WorkflowTerms } from './workflow.ts';

type Step = SourceTask['spec']['steps'][number];

/** Names that the schema of the DSL allows (document.namespace, document.name). */
const DSL_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/**
 * A ComputeTask as a {@link Workflow}. Reading it back gives the same canonical specification.
 *
 * @throws CliError USAGE when the task has a name that the DSL does not allow
 */
export function toWorkflow({ name, namespace, spec, flow }: SourceTask): Workflow {
  if (!DSL_NAME.test(name)) throw new CliError('USAGE', `metadata.name: ${name} is no name in the DSL (document.name takes letters, digits and hyphens); rename the task`);
  return {
    document: { dsl: DSL_VERSION, namespace: namespace ?? 'default', name, version: '1.0.0', metadata: { [TERMS]: termsOf(spec) } },
    timeout: { after: dslDuration(flow.timeoutMs) },
    do: spec.steps.map((step) => ({ [step.name]: { call: `${CALL_PREFIX}${step.operator}`, with: argumentsOf(step) } })),
  };
}

/** What a workflow cannot hold of a task: a line each, for the top of the file. */
export function leftOutOfWorkflow({ labels }: SourceTask): string[] {
  return Object.entries(labels).map(([name, value]) => `label ${name}: ${value}`);
}

function termsOf({ networkRef, runID, purpose, trustModel, wireProfile, approvalTimeout, maxAttempts, auditors, parties, suspend, priority }: SourceTask['spec']): WorkflowTerms {
  return {
    network: networkRef.name,
    runID,
    purpose,
    trustModel,
    wireProfile,
    approvalTimeout,
    maxAttempts,
    ...(auditors.length === 0 ? {} : { auditors }),
    parties,
    ...(suspend ? { suspend } : {}),
    ...(priority === 'Normal' ? {} : { priority }),
  };
}

function argumentsOf({ algorithm, roles, inputs, parameters, outputs }: Step): WorkflowArguments {
  return {
    algorithm,
    roles,
    inputs: inputs.map(({ keys, columns, ...input }) => ({ ...input, ...(keys.length === 0 ? {} : { keys }), ...(columns.length === 0 ? {} : { columns }) })),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    outputs,
  };
}
