import type { CollabNetwork } from '@collabnet/crds';
import { say } from '../lib/progress.ts';
import { collabnet, kubeconfig } from './cluster.ts';
import { get } from './objects.ts';
import { BANK_A, INSTITUTIONS, NETWORK, SUPERVISOR } from './institutions.ts';
import type { CommonApplicants, Scoring } from './tasks.ts';

/** Prints what happened, where the result lies and what can be tried next. */
export async function printReport({ common, scoring }: { common: CommonApplicants; scoring: Scoring }, expected: number, phases: readonly { title: string; seconds: number }[]): Promise<void> {
  const network = await get<CollabNetwork>(SUPERVISOR.namespace, 'collabnetwork', NETWORK);
  const verified = await collabnet(SUPERVISOR.namespace, ['ledger', 'verify'], { allowFailure: true });
  say('');
  say(`Network      ${network?.spec.displayName} (${network?.status?.networkID?.slice(0, 16)}…), members:`);
  for (const { displayName, namespace, roles } of INSTITUTIONS) say(`               ${displayName.padEnd(22)} namespace ${namespace.padEnd(11)} ${roles.join(', ')}`);
  say(`Task         ${common.name}: ${common.task.status?.phase}; flow ${common.task.status?.flowID?.slice(0, 16)}…`);
  say(`Result       ${common.rows} customers that both banks know (expected ${expected}), told to Bank A only`);
  say(`               in Bank A's result store; fetched to ${common.file}`);
  say(`Task         ${scoring.name}: ${scoring.task.status?.phase}; ${scoring.task.status?.steps?.length ?? 0} steps over columns that neither bank saw of the other`);
  say(`Model        ${Object.entries(scoring.quality).map(([name, value]) => `${name} ${value.toFixed(3)}`).join(', ')}; its weights are shares at both banks`);
  say(`               ${scoring.scores} scores, told to Bank A only; fetched to ${scoring.file}`);
  const receipts = [...(common.task.status?.receipts ?? []), ...(scoring.task.status?.receipts ?? [])];
  say(`Receipts     ${receipts.length}, by step and party: ${receipts.map(({ step, party }) => `${step}/${party}`).join(', ')}`);
  // Without the table of what was verified in particular.
  say(`Ledger       ${verified.stdout.split('\nWHAT ')[0]?.trim() || verified.stderr.trim()}`);
  say('Time');
  for (const { title, seconds } of phases) say(`               ${title.padEnd(48)} ${seconds.toFixed(1).padStart(7)} s`);
  say('');
  say('Try next');
  say(`  export KUBECONFIG=${kubeconfig()}`);
  say(`  kubectl get collabnet -n ${BANK_A.namespace}                      all resources of an institution`);
  say(`  kubectl get computetasks -A                            the task and its view at the other bank`);
  say(`  cli/bin/kubectl-collabnet -n ${BANK_A.namespace} task explain ${scoring.name}`);
  say(`  kubectl explain computetask.spec.steps`);
  say('  make demo          once more, on the warm cluster        make cluster-down   remove everything');
}
