import { readFile } from 'node:fs/promises';
import { CliError } from '../base/errors.ts';
import type { Io } from '../base/io.ts';

export const PASSPHRASE_VARIABLE = 'COLLABNET_PASSPHRASE';
const MINIMUM = 8;

/**
 * The passphrase of the key store, from `--passphrase-file`, the environment, or the terminal.
 *
 * @param fresh - for a new key: asked twice, at least 8 characters
 * @throws CliError PASSPHRASE_MISSING, USAGE, FILE_FAILED
 */
export async function readPassphrase(io: Io, file: string | undefined, fresh: boolean): Promise<string> {
  const given = file === undefined ? process.env[PASSPHRASE_VARIABLE] : await fromFile(file);
  if (given !== undefined && given !== '') return checked(given, fresh);
  if (!io.interactive) {
    throw new CliError('PASSPHRASE_MISSING', `no passphrase: give --passphrase-file FILE or set ${PASSPHRASE_VARIABLE}`);
  }
  const typed = checked(await io.askHidden('Passphrase: '), fresh);
  if (fresh && (await io.askHidden('Once more: ')) !== typed) throw new CliError('USAGE', 'the two passphrases differ; no key was made');
  return typed;
}

function checked(passphrase: string, fresh: boolean): string {
  if (fresh && passphrase.length < MINIMUM) throw new CliError('USAGE', `the passphrase must have at least ${MINIMUM} characters`);
  return passphrase;
}

async function fromFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new CliError('FILE_FAILED', `--passphrase-file ${file}: cannot be read`, { cause });
  }
}
