import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CollabNetwork } from '@collabnet/crds';
import type { ChainReport } from '@collabnet/ledger';
import type { Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import { paint } from '../base/text.ts';
import { fields } from '../base/table.ts';
import { chooseNetwork, stalenessWarning } from '../kube/networks.ts';
import { connect, examples, withOutput, type AddCommands } from './shared.ts';

interface LedgerOptions {
  readonly network?: string;
  readonly networkId?: string;
  readonly output: Format;
}

export const addLedgerCommands: AddCommands = (program, io) => {
  const ledger = program.command('ledger').description('the ledger as this institution sees it');
  const withNetwork = (command: Command): Command => command.option('--network <name>', 'the CollabNetwork, where there are several');

  withNetwork(withOutput(ledger.command('status').description("this institution's verified view of the ledger"))).action(async (options: LedgerOptions, command: Command) => {
    const network = await chooseNetwork(await connect(command), options.network);
    const status = { network: network.metadata.name, networkID: network.status?.networkID, membership: network.status?.membership, ...network.status?.ledger };
    print(io, options.output, status, () => fields(Object.entries(status)));
    const stale = stalenessWarning(network, Date.now());
    if (stale !== undefined) io.note(paint(io.colour, 'yellow', `warning: ${stale}`));
  });

  withNetwork(ledger.command('export <file>').description("write the whole chain, one block a line; at the founder's namespace"))
    .addHelpText('after', examples('kubectl collabnet -n bank-a ledger export chain.jsonl'))
    .action(async (file: string, options: LedgerOptions, command: Command) => {
      const kube = await connect(command);
      const { openExport } = await import('../ledger/chain.ts');
      const { lines, close } = await openExport(kube, await chooseNetwork(kube, options.network));
      try {
        const text = Readable.from(withNewlines(lines));
        if (file === '-') await pipeline(text, process.stdout, { end: false });
        else await writeWhole(text, file);
      } finally {
        await close();
      }
      if (file !== '-') io.note(`wrote ${file}; check it with: collabnet ledger verify ${file}`);
    });

  withNetwork(withOutput(ledger.command('verify [file]').description('replay the chain: every signature, link, root and contract rule; offline with FILE')))
    .option('--network-id <hex>', 'the network the chain must be of; that of the CollabNetwork, if absent and no FILE is given')
    .addHelpText('after', examples('kubectl collabnet -n bank-a ledger verify', 'collabnet ledger verify chain.jsonl --network-id 5f1d…'))
    .action(async (file: string | undefined, options: LedgerOptions, command: Command) => {
      const report = file === undefined ? await verifyLive(command, options) : await verifyFile(file, options.networkId);
      const shown = { networkID: report.networkId, height: report.height, transactions: report.transactions, head: report.hash, stateRoot: report.stateRoot };
      print(io, options.output, { verified: true, ...shown }, () => `${paint(io.colour, 'green', 'the chain holds')}\n${fields(Object.entries(shown))}`);
    });
};

/** The replica and the contracts are loaded only by these two: other commands start faster without them. */
async function verifyFile(file: string, networkId: string | undefined): Promise<ChainReport> {
  const { fileLines, verifyLines } = await import('../ledger/chain.ts');
  return verifyLines(fileLines(file), networkId);
}

async function verifyLive(command: Command, options: LedgerOptions): Promise<ChainReport> {
  const { openExport, verifyLines } = await import('../ledger/chain.ts');
  const kube = await connect(command);
  const network = await chooseNetwork(kube, options.network);
  const { lines, close } = await openExport(kube, network);
  try {
    const report = await verifyLines(lines, options.networkId ?? network.status?.networkID);
    compareWithStatus(network, report);
    return report;
  } finally {
    await close();
  }
}

/** The operator follows the same chain: at equal height it must have seen the same block. */
function compareWithStatus(network: CollabNetwork, report: ChainReport): void {
  const seen = network.status?.ledger;
  if (seen?.height === report.height && seen.headHash !== undefined && seen.headHash !== report.hash) {
    throw new CliError('VERIFICATION_FAILED', `at height ${report.height} the operator saw block ${seen.headHash}, the ledger exported ${report.hash}: the ledger shows different histories`);
  }
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

async function writeWhole(text: Readable, file: string): Promise<void> {
  const partial = `${file}.part`;
  try {
    await pipeline(text, createWriteStream(partial));
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new CliError('TRANSFER_FAILED', `${file}: the chain could not be written whole; try again`, { cause });
  }
}
