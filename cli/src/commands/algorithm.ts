import type { Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { confirm, type Io } from '../base/io.ts';
import { print, type Format } from '../base/format.ts';
import { fields, table } from '../base/table.ts';
import { parseAlgorithm } from '../decide/reference.ts';
import { chooseNetwork } from '../kube/networks.ts';
import { textOf } from '../base/text-file.ts';
import { tryProgram } from '../tasks/try-program.ts';
import { isQuery, tryQueryFile } from '../tasks/try-query-file.ts';
import { connect, examples, withOutput, type AddCommands } from './shared.ts';

interface EndOptions {
  readonly network?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

export const addAlgorithmCommands: AddCommands = (program, io) => {
  const algorithm = program.command('algorithm').description('try a program, or end an algorithm; register one in spec.algorithms of the CollabNetwork');
  withOutput(algorithm.command('try <program>').description('run the text of a program or a query over sample data, in the clear and on this machine alone'))
    .requiredOption('--data <files...>', 'CSV files with a header; of formulas the n-th rows of all belong together, of a query each is table=file')
    .option('--keys <columns...>', 'of a query: columns that are texts, as the keys of a task are', [])
    .addHelpText('after', examples('kubectl collabnet algorithm try debt-burden.txt --data applicants.csv scores.csv', 'kubectl collabnet algorithm try denial-rates.sql --data loans=applicants.csv scores=scores.csv --keys id_card cert_no'))
    .action(async (file: string, { data, keys, output }: { data: string[]; keys: string[]; output: Format }) => {
      const text = await textOf(file);
      if (isQuery(text)) {
        const found = await tryQueryFile(text, data, keys);
        return print(io, output, found, () => table(found.columns, found.rows.map((row) => row.map((value) => String(value ?? '')))));
      }
      const tried = await tryProgram(text, data);
      print(io, output, tried, () => `${table(['FIGURE', 'VALUE'], tried.figures.map(({ name, value }) => [name, value]))}\n${tried.rows} rows; columns ${tried.columns.join(', ')}`);
    });
  for (const [verb, description] of [['revoke', 'end an algorithm for good: running attempts stop'], ['retire', 'take your algorithm out of use: new tasks cannot name it, running ones go on']] as const) {
    const command = algorithm.command(`${verb} <algorithm>`).description(`${description}; writes it into the CollabNetwork`);
    if (verb === 'revoke') command.requiredOption('--reason <text>', 'why; it goes onto the ledger');
    command
      .option('--network <name>', 'the CollabNetwork, where there are several')
      .option('-y, --yes', 'do not ask for confirmation')
      .addHelpText('after', examples(`kubectl collabnet algorithm ${verb} psi@1.0.0${verb === 'revoke' ? " --reason 'flaw in the protocol'" : ''}`))
      .action((text: string, options: EndOptions, each: Command) => end(io, each, verb, text, options));
  }
};

async function end(io: Io, command: Command, verb: 'revoke' | 'retire', text: string, { network, reason, yes }: EndOptions): Promise<void> {
  const { name, version } = parseAlgorithm(text);
  const kube = await connect(command);
  const { metadata, spec, status } = await chooseNetwork(kube, network);
  const known = status?.algorithms?.find((one) => one.name === name && one.version === version);
  if (known === undefined) throw new CliError('NOT_FOUND', `algorithm ${name}@${version} is not registered in network ${metadata.name}; list them with kubectl collabnet network algorithms`);
  const field = verb === 'revoke' ? 'revokedAlgorithms' : 'retiredAlgorithms';
  if (spec[field].some((one) => one.name === name && one.version === version)) return io.out(`${name}@${version} is in spec.${field} already`);
  io.note(fields([['algorithm', `${name}@${version}`], ['state', known.state], ['provider', known.provider]]));
  await confirm(io, verb === 'revoke' ? 'Revoke this algorithm for ever?' : 'Retire this algorithm?', yes ?? false);
  const entry = { name, version, ...(reason === undefined ? {} : { reason }) };
  await kube.jsonPatch('collabnetworks', metadata.name, [{ op: 'add', path: `/spec/${field}/-`, value: entry }]);
  io.out(`${name}@${version} is to be ${verb}d; see kubectl collabnet network algorithms`);
}
