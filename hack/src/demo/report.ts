import type { CollabNetwork } from '@collabnet/crds';
import { say } from '../lib/progress.ts';
import { collabnet, kubeconfig } from './cluster.ts';
import { get } from './objects.ts';
import { BANK_A, INSTITUTIONS, NETWORK, SUPERVISOR } from './institutions.ts';
import type { TaskReport } from './run-task.ts';

/** Prints what happened, where the result lies and what can be tried next. */
export async function printReport(report: TaskReport, expected: number, phases: readonly { title: string; seconds: number }[]): Promise<void> {
  const network = await get<CollabNetwork>(SUPERVISOR.namespace, 'collabnetwork', NETWORK);
  const verified = await collabnet(SUPERVISOR.namespace, ['ledger', 'verify'], { allowFailure: true });
  say('');
  say(`Network      ${network?.spec.displayName} (${network?.status?.networkID?.slice(0, 16)}…), members:`);
  for (const { displayName, namespace, roles } of INSTITUTIONS) say(`               ${displayName.padEnd(22)} namespace ${namespace.padEnd(11)} ${roles.join(', ')}`);
  say(`Task         ${report.name}: ${report.task.status?.phase}; flow ${report.task.status?.flowID?.slice(0, 16)}…`);
  say(`Result       ${report.rows} customers that both banks know (expected ${expected}), told to Bank A only`);
  say(`               in Bank A's result store; fetched to ${report.resultFile}`);
  for (const receipt of report.task.status?.receipts ?? []) say(`Receipt      ${receipt.step} by ${receipt.party}`);
  // Without the table of what was verified in particular.
  say(`Ledger       ${verified.stdout.split('\nWHAT ')[0]?.trim() || verified.stderr.trim()}`);
  say('Time');
  for (const { title, seconds } of phases) say(`               ${title.padEnd(48)} ${seconds.toFixed(1).padStart(7)} s`);
  say('');
  say('Try next');
  say(`  export KUBECONFIG=${kubeconfig()}`);
  say(`  kubectl get collabnet -n ${BANK_A.namespace}                      all resources of an institution`);
  say(`  kubectl get computetasks -A                            the task and its view at the other bank`);
  say(`  cli/bin/kubectl-collabnet -n ${BANK_A.namespace} task explain ${report.name}`);
  say(`  kubectl explain computetask.spec.steps`);
  say('  make demo          once more, on the warm cluster        make cluster-down   remove everything');
}
