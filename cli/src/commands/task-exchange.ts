import { Readable } from 'node:stream';
import type { ComputeTask } from '@collabnet/crds';
import { Option, type Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { toYaml } from '../base/format.ts';
import type { Io } from '../base/io.ts';
import { textOf } from '../base/text-file.ts';
import { writeLines } from '../ledger/files.ts';
import { EXPORT_FORMATS, exportTask, withComments, type ExportFormat } from '../tasks/exchange/exports.ts';
import { fromWorkflow } from '../tasks/exchange/from-workflow.ts';
import { parseDomains } from '../tasks/exchange/kuscia-names.ts';
import { sourceTask, taskFromManifest, type SourceTask } from '../tasks/exchange/source-task.ts';
import { connect, examples, type AddCommands } from './shared.ts';

interface ExportOptions {
  readonly file?: string;
  readonly format: ExportFormat;
  readonly domain: readonly string[];
  readonly initiator?: string;
  readonly output: string;
}

const EXPORT_HELP = `
kuscia-job: a KusciaJob of kuscia.secretflow/v1alpha1, for people who run Kuscia too. Comments at the top of the file
list everything of the task that it does not hold or that nobody enforces there.
serverless-workflow: the file that task import reads; importing it gives the same task again.
`;

const IMPORT_HELP = `
FILE is a CNCF Serverless Workflow (DSL 1.0) of this form:

  document:
    dsl: '1.0.3'
    namespace: default        # required by the DSL; the namespace of the task is chosen with kubectl apply -n
    name: common-customers    # metadata.name
    version: '1.0.0'          # required by the DSL
    metadata:
      collabnet:              # spec of the ComputeTask, without timeout and steps; network is networkRef.name
        network: demo
        purpose: joint-credit-risk
        parties: [{ name: a, did: 'did:collab:...:bank-a' }, { name: b, did: 'did:collab:...:bank-b' }]
        # optional: runID, trustModel, wireProfile, approvalTimeout, maxAttempts, auditors, suspend, priority
  timeout: { after: { hours: 1 } }
  do:                         # steps in any order: each waits for those whose outputs it reads (inputs[].from)
    - match:
        call: collabnet:Intersection      # kubectl collabnet operators list
        with:                 # a step of the ComputeTask, without name and operator
          algorithm: { name: psi, version: 1.0.0 }
          roles: { compute: [a, b], receivers: [a] }
          inputs: [{ name: left, party: a, asset: customers, keys: [id_card] }, { name: right, party: b, asset: customers, keys: [cert_no] }]
          outputs: [{ name: result, receivers: [a] }]

Everything else of the DSL is refused by name: loops, conditions, events, data flow between tasks other than inputs[].from.
`;

/** `task export` and `task import`; added to the group `task`, which the other commands about tasks have made. */
export const addTaskExchangeCommands: AddCommands = (program, io) => {
  const task = program.commands.find((command) => command.name() === 'task') ?? program.command('task').description('joint computations');
  withOutputFile(task.command('export [name]').description('write a task in the language of another platform'))
    .addOption(new Option('--format <language>', 'language').choices(EXPORT_FORMATS).makeOptionMandatory())
    .option('--file <manifest>', 'take the task from this manifest, without a cluster, in place of NAME')
    .option('--domain <party=id>', 'kuscia-job: domain id of a party, in place of the subject code of its DID; repeat it for others', (value: string, all: readonly string[]) => [...all, value], [])
    .option('--initiator <party>', 'kuscia-job: party that schedules the job, in place of the one that proposed the task')
    .addHelpText('after', EXPORT_HELP + examples('kubectl collabnet task export common-customers --format kuscia-job -o job.yaml', 'kubectl collabnet task export --file task.yaml --format kuscia-job --domain a=alice --domain b=bob', 'kubectl collabnet task export common-customers --format serverless-workflow'))
    .action(async (name: string | undefined, options: ExportOptions, command: Command) => {
      if (options.format !== 'kuscia-job' && (options.domain.length > 0 || options.initiator !== undefined)) throw new CliError('USAGE', `--domain and --initiator are about kuscia-job; leave them out with --format ${options.format}`);
      const domains = parseDomains(options.domain);
      const source = await sourceOf(name, options.file, command);
      await write(io, options.output, exportTask(source, options.format, { domains, initiator: options.initiator }));
    });
  withOutputFile(task.command('import <file>').description('read a Serverless Workflow as a ComputeTask, for kubectl apply'))
    .addHelpText('after', IMPORT_HELP + examples('kubectl collabnet task import workflow.yaml -o task.yaml', 'kubectl collabnet task import workflow.yaml | kubectl apply -n bank-a -f -'))
    .action(async (file: string, options: { output: string }) => {
      const { manifest, leftOut } = fromWorkflow(await textOf(file), file);
      const comments = leftOut.length === 0 ? [] : [`ComputeTask ${manifest.metadata.name}. Of ${file} it does not hold:`, ...leftOut.map((line) => `- ${line}`)];
      await write(io, options.output, withComments(comments, toYaml(manifest)));
    });
};

function withOutputFile(command: Command): Command {
  return command.option('-o, --output <file>', 'write to this file; - is the standard output', '-');
}

async function sourceOf(name: string | undefined, file: string | undefined, command: Command): Promise<SourceTask> {
  if ((name === undefined) === (file === undefined)) throw new CliError('USAGE', 'name either a task of the cluster or a manifest (--file), not both and not neither');
  if (file !== undefined) return taskFromManifest(await textOf(file), file);
  const stored = await (await connect(command)).get<ComputeTask>('computetasks', name ?? '');
  return sourceTask(stored, `ComputeTask ${stored.metadata.name}`);
}

/** Writes a file only when it is whole. @throws CliError FILE_FAILED */
async function write(io: Io, file: string, text: string): Promise<void> {
  if (file === '-') {
    io.out(text);
    return;
  }
  await writeLines(Readable.from(text.trimEnd().split('\n')) as AsyncIterable<string>, file);
  io.note(`written to ${file}`);
}
