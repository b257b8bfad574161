import type { Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { bytes } from '../base/text.ts';
import { putData, type PutOptions } from '../data/put.ts';
import { connect, examples, type AddCommands } from './shared.ts';

type Options = Omit<PutOptions, 'timeoutMs'> & { readonly timeout: string };

export const addDataCommands: AddCommands = (program, io) => {
  program
    .command('data')
    .description('the data of your assets')
    .command('put <asset-or-claim>')
    .description('copy a local file into the volume of a DataAsset, or into a PersistentVolumeClaim')
    .requiredOption('--file <file>', 'local file')
    .option('--path <path>', "path within the volume; that of the DataAsset, else the file's name")
    .option('--image <image>', 'image of the helper pod, with Node.js; that of the operator, if absent')
    .option('--create-claim <size>', 'make the PersistentVolumeClaim if it is missing, e.g. 1Gi')
    .option('--storage-class <name>', 'with --create-claim')
    .option('--timeout <duration>', 'how long to wait for the helper pod', '2m')
    .addHelpText('after', examples('kubectl collabnet data put customers --file customers.csv', 'kubectl collabnet data put my-claim --file a.csv --path raw/a.csv --create-claim 1Gi'))
    .action(async (name: string, options: Options, command: Command) => {
      const timeoutMs = durationOption('--timeout', options.timeout);
      const put = await putData(await connect(command), io, name, { ...options, timeoutMs });
      io.out(`${put.claim}:${put.path}: ${bytes(put.bytes)}, sha256 ${put.sha256}`);
    });
};
