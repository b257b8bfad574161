import type { CollabNetwork, ComputeTask } from '@collabnet/crds';
import { LABEL_MIRROR } from '@collabnet/crds';
import type { Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { print, type Format } from '../base/format.ts';
import { confirm } from '../base/io.ts';
import { ago, shortDid } from '../base/text.ts';
import { table } from '../base/table.ts';
import { waitFor } from '../kube/wait.ts';
import { explainTask } from '../tasks/explain.ts';
import { explanationOf } from '../tasks/explanation/explanation.ts';
import { lookAtPod } from '../tasks/explanation/look-at-pod.ts';
import { finalPhase } from '../tasks/terminal.ts';
import { connect, examples, withOutput, type AddCommands } from './shared.ts';

export const addTaskCommands: AddCommands = (program, io) => {
  const task = program.command('task').description('joint computations');
  withOutput(task.command('list').description('list tasks, own and mirrored')).action(async (options: { output: Format }, command: Command) => {
    const tasks = await (await connect(command)).list<ComputeTask>('computetasks');
    const row = ({ metadata, spec, status }: ComputeTask): (string | undefined)[] => [
      metadata.name,
      status?.phase ?? 'Initialized',
      metadata.labels?.[LABEL_MIRROR] === 'true' ? 'mirror' : 'own',
      spec.parties.map(({ did }) => shortDid(did)).join(','),
      ago(metadata.creationTimestamp, Date.now()),
      status?.waitingFor?.[0] ?? spec.purpose,
    ];
    print(io, options.output, tasks, () => (tasks.length === 0 ? 'no tasks' : table(['NAME', 'PHASE', 'ORIGIN', 'PARTIES', 'AGE', 'WAITS FOR / PURPOSE'], tasks.map(row))));
  });
  withOutput(task.command('explain <name>').description('where a task stands, whom it waits for, why, and what to do'))
    .addHelpText('after', examples('kubectl collabnet task explain common-customers', "kubectl collabnet task explain common-customers -o json | jq -r .traceID"))
    .action(async (name: string, options: { output: Format }, command: Command) => {
      const kube = await connect(command);
      const found = await kube.get<ComputeTask>('computetasks', name);
      const network = await kube.get<CollabNetwork>('collabnetworks', found.spec.networkRef.name).catch(() => undefined);
      const now = Date.now();
      const told = explanationOf(found, network, await lookAtPod(kube, found), now);
      print(io, options.output, told, () => explainTask(told, found, network, now));
    });
  task
    .command('wait <name>')
    .description('wait until a task has ended; exit code 4 unless it succeeded')
    .option('--timeout <duration>', 'how long to wait', '1h')
    .action(async (name: string, options: { timeout: string }, command: Command) => {
      const timeout = durationOption('--timeout', options.timeout);
      const kube = await connect(command);
      io.out(`task ${name}: ${await waitFor(() => kube.get<ComputeTask>('computetasks', name), finalPhase, timeout, `the end of task ${name}`)}`);
    });
  task
    .command('cancel <name>')
    .description('delete the ComputeTask: a signed cancel while the flow is open')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (name: string, options: { yes?: boolean }, command: Command) => {
      const kube = await connect(command);
      const found = await kube.get<ComputeTask>('computetasks', name);
      io.note(`task ${name} is ${found.status?.phase ?? 'Initialized'}`);
      await confirm(io, 'Cancel it?', options.yes ?? false);
      await kube.delete('computetasks', name);
      io.out(`task ${name} is being cancelled`);
    });
};
