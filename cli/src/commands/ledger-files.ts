import type { CollabNetwork } from '@collabnet/crds';
import type { ExportReport } from '@collabnet/ledger';
import type { Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import type { Io } from '../base/io.ts';
import { chooseNetwork } from '../kube/networks.ts';
import { compareWithStatus } from '../ledger/compare-status.ts';
import { describeReport, reportData } from '../ledger/describe-report.ts';
import { fileLines, writeLines } from '../ledger/files.ts';
import { rangeQuery, withRange, type RangeOptions } from '../ledger/range.ts';
import { LedgerSource } from '../ledger/source.ts';
import { openSource, withNetwork, withServer } from './ledger-source.ts';
import { connect, examples, withOutput } from './shared.ts';

interface FileOptions extends RangeOptions {
  readonly network?: string;
  readonly server?: string;
  readonly host?: boolean;
  readonly networkId?: string;
  readonly output: Format;
}

const VERIFY_HELP = `
Without FILE the chain is exported by the own operator and verified here. With files nothing but them is read: no cluster, no ledger.
Several files must continue each other, the oldest first. From block 0 on everything is replayed; a range that begins later can be
checked for hashes and signatures of blocks only, and the report says what was not verified.

Exit code 0: everything that could be verified holds (replayed: true in -o json, if it was replayed). 6: something does not hold.
`;

/** `ledger export` and `ledger verify`. */
export function addLedgerFileCommands(ledger: Command, io: Io): void {
  withSource(withRange(ledger.command('export <file>').description('write blocks to a file that can be verified anywhere; - is the standard output')))
    .addHelpText('after', examples('kubectl collabnet -n bank-a ledger export chain.jsonl', 'kubectl collabnet -n bank-a ledger export part.jsonl --from 1000 --to 1999'))
    .action(async (file: string, options: FileOptions, command: Command) => {
      const { source, path } = await openExport(command, options);
      try {
        await writeLines(source.lines(path), file);
      } finally {
        await source.close();
      }
      if (file !== '-') io.note(`wrote ${file}; check it with: collabnet ledger verify ${file}`);
    });

  withSource(withRange(withOutput(ledger.command('verify [files...]').description('verify every hash, signature, rule and root; offline with FILE'))))
    .option('--network-id <hex>', 'the network that it must be; that of the CollabNetwork, if absent and no FILE is given')
    .addHelpText('after', VERIFY_HELP + examples('kubectl collabnet -n bank-a ledger verify', 'collabnet ledger verify chain.jsonl --network-id 5f1d…', 'collabnet ledger verify first.jsonl second.jsonl'))
    .action(async (files: readonly string[], options: FileOptions, command: Command) => {
      const report = files.length === 0 ? await verifyLive(command, io, options) : await verifyFiles(io, files, options);
      print(io, options.output, reportData(report), () => describeReport(report, io.colour));
    });
}

function withSource(command: Command): Command {
  return withServer(withNetwork(command)).option('--host', 'the chain that the host of the embedded ledger shows, in the namespace of the founder, instead of the one that the own operator has verified');
}

/** The verifiers and the contracts are loaded only here: other commands start faster without them. */
async function verifyFiles(io: Io, files: readonly string[], { from, to, networkId }: FileOptions): Promise<ExportReport> {
  if (from !== undefined || to !== undefined) throw new CliError('USAGE', '--from, --to: a file is verified as it is; give the range to ledger export');
  const { verifySources } = await import('../ledger/verify.ts');
  return verifySources(io, files.map((name) => ({ name, lines: fileLines(name) })), networkId);
}

async function verifyLive(command: Command, io: Io, options: FileOptions): Promise<ExportReport> {
  const { verifySources } = await import('../ledger/verify.ts');
  const { source, network, path } = await openExport(command, options);
  try {
    const report = await verifySources(io, [{ name: 'the export', lines: source.lines(path) }], options.networkId ?? network?.status?.networkID);
    compareWithStatus(network?.status?.ledger, report);
    return report;
  } finally {
    await source.close();
  }
}

async function openExport(command: Command, options: FileOptions): Promise<{ source: LedgerSource; network?: CollabNetwork; path: string }> {
  const query = rangeQuery(options);
  if (options.host !== true) return { ...(await openSource(command, options)), path: `export${query}` };
  if (query !== '') throw new CliError('USAGE', '--host: the host exports its whole chain; leave --from and --to out');
  const kube = await connect(command);
  const network = await chooseNetwork(kube, options.network);
  return { source: await LedgerSource.host(kube, network), network, path: 'export' };
}
