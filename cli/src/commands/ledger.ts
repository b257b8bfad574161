import type { CollabNetwork } from '@collabnet/crds';
import type { BlockView } from '@collabnet/ledger';
import type { BlockDetail, ContractsView, TransactionDetail } from '@collabnet/ledger/view';
import type { Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import { paint } from '../base/text.ts';
import { chooseNetwork, stalenessWarning } from '../kube/networks.ts';
import { describeBlock, describeBlocks, describeContracts, describeTransaction } from '../ledger/describe-blocks.ts';
import { describeStatus, statusOf } from '../ledger/describe-status.ts';
import { heightOption, rangeQuery, withRange, type RangeOptions } from '../ledger/range.ts';
import type { LedgerSource } from '../ledger/source.ts';
import { addLedgerFileCommands } from './ledger-files.ts';
import { openSource, withNetwork, withServer } from './ledger-source.ts';
import { connect, examples, withOutput, type AddCommands } from './shared.ts';

interface ViewOptions extends RangeOptions {
  readonly network?: string;
  readonly server?: string;
  readonly output: Format;
}

const LAST_SHOWN = '20';

export const addLedgerCommands: AddCommands = (program, io) => {
  const ledger = program.command('ledger').description('the ledger as this institution has verified it, the same on both drivers');

  withNetwork(withOutput(ledger.command('status').description('consensus: driver, head, age of the view; on Fabric also nodes, leader, contracts, certificates')))
    .action(async (options: ViewOptions, command: Command) => {
      const network = await chooseNetwork(await connect(command), options.network);
      const status = statusOf(network, Date.now());
      print(io, options.output, status, () => describeStatus(status, Date.now()));
      const stale = stalenessWarning(network, Date.now());
      if (stale !== undefined) io.note(paint(io.colour, 'yellow', `warning: ${stale}`));
    });

  withView(withRange(ledger.command('blocks').description('blocks, one a line')))
    .option('--last <count>', `the newest ones; ${LAST_SHOWN}, if no range is given`)
    .addHelpText('after', examples('kubectl collabnet -n bank-a ledger blocks', 'kubectl collabnet -n bank-a ledger blocks --from 100 --to 120 -o json'))
    .action(async (options: ViewOptions, command: Command) => {
      const range = options.from === undefined && options.to === undefined ? { ...options, last: options.last ?? LAST_SHOWN } : options;
      const query = rangeQuery(range);
      const blocks = await look(command, options, (source) => source.get<BlockView[]>(`blocks${query}`));
      print(io, options.output, blocks, () => describeBlocks(blocks));
    });

  withView(ledger.command('block <height>').description('one block with its transactions')).action(async (height: string, options: ViewOptions, command: Command) => {
    const wanted = heightOption('HEIGHT', height);
    const block = await look(command, options, (source) => source.get<BlockDetail>(`blocks/${wanted}`));
    print(io, options.output, block, () => describeBlock(block));
  });

  withView(ledger.command('transaction <digest>').description('one transaction: who signed it, what it calls, what is public of it, its events'))
    .addHelpText('after', '\nWhat is sealed stays sealed: shown is who can open it.\n')
    .action(async (digest: string, options: ViewOptions, command: Command) => {
      if (!/^[0-9a-f]{64}$/.test(digest)) throw new CliError('USAGE', `DIGEST ${digest}: give the 64 hexadecimal digits that ledger block shows`);
      const transaction = await look(command, options, (source) => source.get<TransactionDetail>(`transactions/${digest}`));
      print(io, options.output, transaction, () => describeTransaction(transaction));
    });

  withView(ledger.command('contracts').description('the contracts: version in force, and who may call what')).action(async (options: ViewOptions, command: Command) => {
    const { view, definition } = await look(command, options, async (source, network) => ({ view: await source.get<ContractsView>('contracts'), definition: network?.status?.fabric?.contracts }));
    print(io, options.output, { ...view, ...(definition !== undefined && { definition }) }, () => describeContracts(view, definition));
  });

  addLedgerFileCommands(ledger, io);
};

function withView(command: Command): Command {
  return withServer(withNetwork(withOutput(command)));
}

async function look<T>(command: Command, options: ViewOptions, read: (source: LedgerSource, network: CollabNetwork | undefined) => Promise<T>): Promise<T> {
  const { source, network } = await openSource(command, options);
  try {
    return await read(source, network);
  } finally {
    await source.close();
  }
}
