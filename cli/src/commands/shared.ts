import type { Command } from 'commander';
import { Option } from 'commander';
import type { Io } from '../base/io.ts';
import { Kube, type KubeOptions } from '../kube/kube.ts';
import { findKey, signWith, type KeyOptions } from '../keys/keys.ts';
import { personOf, type Person } from '../keys/person.ts';

/** Makes a group of commands; each file under `commands/` exports one. */
export type AddCommands = (program: Command, io: Io) => void;

/** Options every command understands. */
export type GlobalOptions = KubeOptions;

export function connect(command: Command): Promise<Kube> {
  return Kube.connect(command.optsWithGlobals<GlobalOptions>());
}

/** Adds `--keys`, `--passphrase-file` and `--pin-file`. */
export function withKeyOptions(command: Command): Command {
  return command
    .addOption(new Option('--keys <dir>', 'directory of the key files').env('COLLABNET_KEYS'))
    .option('--passphrase-file <file>', 'file with the passphrase; else COLLABNET_PASSPHRASE, else asked for')
    .option('--pin-file <file>', "for a token's key: file with the PIN; else COLLABNET_PIN, else asked for");
}

/** Adds `--key`, `--person` and the options of the key store. */
export function withSigner(command: Command): Command {
  return withKeyOptions(command.requiredOption('--key <name>', 'name of your key (kubectl collabnet key list)')).option(
    '--person <name>',
    'your ParticipantDID, where several have the same key',
  );
}

export function withOutput(command: Command): Command {
  return command.addOption(new Option('-o, --output <format>', 'table, json or yaml').choices(['table', 'json', 'yaml']).default('table'));
}

export interface SignerOptions extends KeyOptions {
  readonly key: string;
  readonly person?: string;
}

/** Finds the person first and asks for the passphrase or PIN only when something is about to be signed. */
export async function signerOf(kube: Kube, io: Io, options: SignerOptions, networkId: string): Promise<Person & { sign: (message: Uint8Array | string) => Promise<string> }> {
  const { publicKey } = await findKey(options, options.key);
  const person = await personOf(kube, networkId, options.key, publicKey, options.person);
  return { ...person, sign: (message) => signWith(io, options, options.key, typeof message === 'string' ? message : new Uint8Array(message)) };
}

/** Text of examples below the help of a command. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
