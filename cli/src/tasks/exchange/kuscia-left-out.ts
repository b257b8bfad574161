import { appImageOf, type Domains } from './kuscia-names.ts';
import { initiatorOf } from './kuscia-initiator.ts';
import type { SourceTask } from './source-task.ts';

/**
 * What a KusciaJob says only in words, or not at all: a line each, for the top of the exported file. The members of the kind are
 * those of the CRD that KusciaJob names; nothing of the task is dropped without a line here, but annotations and what Kubernetes keeps its books with.
 *
 * @param chosen - the party chosen as initiator, if any
 */
export function leftOut(task: SourceTask, domains: Domains, chosen: string | undefined): string[] {
  const { spec, flow, labels } = task;
  const initiator = initiatorOf(task, chosen);
  const guess = initiator.known === 'Assumed' ? ` (the first party, because a task does not say who applies it; another: --initiator <party>)` : '';
  return [
    `initiator: party ${initiator.party}${guess}`,
    `network: ${spec.networkRef.name}; a job runs among the domains of one Kuscia network`,
    ...spec.parties.map(({ name, did, namespaceHint }) => `party ${name}: ${did}, here domain ${domains[name]}, whose keys are others${namespaceHint === undefined ? '' : `; namespaceHint ${namespaceHint}`}`),
    `purpose: ${spec.purpose}; no domain is asked whether it agrees to it`,
    `trust model: ${spec.trustModel}; nothing holds an AppImage to it`,
    `wire profile: ${spec.wireProfile}; the gateways of the domains encrypt as they are set up`,
    'consent: standing grants and decisions of persons are not asked for; a DomainDataGrant per asset comes nearest and is not checked when a job runs',
    'receivers: written in taskInputConfig and as role; the AppImage alone decides who gets a result',
    'assets: registered on the ledger; each domain must map the ids in taskInputConfig to DomainData of its own; without a version the newest was meant',
    'minimum set sizes, disclosure rules and use counts of the assets: not applied',
    'receipts and evidence on the ledger: none',
    `auditors: ${spec.auditors.join(', ') || 'none'}; a job has none`,
    `approvalTimeout: ${spec.approvalTimeout}; a job waits for approval without end`,
    `timeout: ${spec.timeout} for the whole task; scheduleConfig.lifecycleSeconds limits only how long a task waits to be scheduled`,
    `maxAttempts: ${spec.maxAttempts} per step; a failed task of a job is not tried again`,
    `runID: ${spec.runID}; another run needs another name of the job`,
    `priority: ${spec.priority} among all tasks of an institution; tasks[].priority counts only within a job`,
    `suspend: ${String(spec.suspend)}; a job is suspended by its domains, not by a member`,
    ...Object.entries(labels).map(([name, value]) => `label ${name}: ${value}`),
    `images: the AppImages ${[...new Set(flow.steps.map(({ algorithm }) => appImageOf(algorithm)))].join(', ')} must be there, take the roles compute and receiver, and read taskInputConfig of schema collabnet.dev/kuscia-node/v1`,
  ];
}
