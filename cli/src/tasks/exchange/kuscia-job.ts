import { dependencies, type FlowStep } from '@collabnet/flow';
import { appImageOf, domainsOf, dnsLabel, taskIdOf, type Domains } from './kuscia-names.ts';
import { nodeOf } from './kuscia-node.ts';
import { initiatorOf } from './kuscia-initiator.ts';
import type { SourceTask } from './source-task.ts';

/**
 * A KusciaJob, members as in the CRD `kusciajobs.kuscia.secretflow`, version v1alpha1, of Kuscia 1.1.0b0
 * (crds/v1alpha1/kuscia.secretflow_kusciajobs.yaml as last changed on 2024-12-19, with parties[].bandwidthLimits, which no task sets).
 * Required there: spec.initiator, spec.tasks (1 to 128), and of a task alias, appImage, parties, taskInputConfig; a party needs domainID.
 */
export interface KusciaJob {
  readonly apiVersion: 'kuscia.secretflow/v1alpha1';
  readonly kind: 'KusciaJob';
  readonly metadata: { readonly name: string; readonly namespace: typeof JOB_NAMESPACE };
  readonly spec: {
    /** Id of the domain that schedules the job. */
    readonly initiator: string;
    /** Tasks running at a time, 1 to 128. */
    readonly maxParallelism: number;
    /** Strict: no further task starts after one has failed. */
    readonly scheduleMode: 'Strict' | 'BestEffort';
    readonly tasks: readonly KusciaTask[];
  };
}

/** A task of a {@link KusciaJob}; becomes the KusciaTask named by taskID. */
export interface KusciaTask {
  readonly alias: string;
  /** RFC 1123 DNS label. */
  readonly taskID: string;
  /** taskIDs; absent where there are none, because the CRD wants at least one. */
  readonly dependencies?: readonly string[];
  readonly appImage: string;
  readonly parties: readonly { readonly domainID: string; readonly role: KusciaRole }[];
  /** JSON, see {@link nodeOf}. */
  readonly taskInputConfig: string;
}

/** Role of a party in a step: both compute, a receiver gets a result too. An AppImage without role in its deployTemplates fits both. */
export type KusciaRole = 'compute' | 'receiver';

/** Namespace of all KusciaJobs of a Kuscia installation. */
export const JOB_NAMESPACE = 'cross-domain';

/** How the parties of a task are called in Kuscia. */
export interface KusciaOptions {
  /** Domain id by name of party; of the others the subject code of the DID. */
  readonly domains: Readonly<Record<string, string>>;
  /** Name of the party that schedules the job. By default the proposer of the task, else its first party. */
  readonly initiator?: string | undefined;
}

/**
 * A ComputeTask as a KusciaJob. Steps become tasks, in their order; what a task waits for follows from what its inputs read
 * (requirement 108). One task at a time and none after a failure, as a flow runs its steps. What it cannot hold: see leftOut.
 *
 * @throws CliError USAGE when a party has no usable domain id, or the initiator is no party
 */
export function kusciaJob(task: SourceTask, options: KusciaOptions): KusciaJob {
  const domains = domainsOf(task.flow, options.domains);
  return {
    apiVersion: 'kuscia.secretflow/v1alpha1',
    kind: 'KusciaJob',
    metadata: { name: dnsLabel(task.name), namespace: JOB_NAMESPACE },
    spec: {
      initiator: domains[initiatorOf(task, options.initiator).party] ?? '',
      maxParallelism: 1,
      scheduleMode: 'Strict',
      tasks: task.flow.steps.map((step) => kusciaTask(task.name, step, domains)),
    },
  };
}

function kusciaTask(job: string, step: FlowStep, domains: Domains): KusciaTask {
  const waitsFor = dependencies(step).map((name) => taskIdOf(job, name));
  return {
    alias: step.name,
    taskID: taskIdOf(job, step.name),
    ...(waitsFor.length === 0 ? {} : { dependencies: waitsFor }),
    appImage: appImageOf(step.algorithm),
    parties: step.roles.compute.map((party) => ({ domainID: domains[party] ?? '', role: step.roles.receivers.includes(party) ? 'receiver' : 'compute' })),
    taskInputConfig: JSON.stringify(nodeOf(job, step, domains)),
  };
}
