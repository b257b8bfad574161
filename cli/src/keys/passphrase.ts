import { readFile } from 'node:fs/promises';
import { CliError } from '../base/errors.ts';
import type { Io } from '../base/io.ts';

export const PASSPHRASE_VARIABLE = 'COLLABNET_PASSPHRASE';
export const PIN_VARIABLE = 'COLLABNET_PIN';
const MINIMUM = 8;

/**
 * The passphrase of the key store, from `--passphrase-file`, the environment, or the terminal.
 *
 * @param fresh - for a new key: asked twice, at least 8 characters
 * @throws CliError PASSPHRASE_MISSING, USAGE, FILE_FAILED
 */
export async function readPassphrase(io: Io, file: string | undefined, fresh: boolean): Promise<string> {
  const given = file === undefined ? process.env[PASSPHRASE_VARIABLE] : await fromFile('--passphrase-file', file);
  if (given !== undefined && given !== '') return checked(given, fresh);
  if (!io.interactive) {
    throw new CliError('PASSPHRASE_MISSING', `no passphrase: give --passphrase-file FILE or set ${PASSPHRASE_VARIABLE}`);
  }
  const typed = checked(await io.askHidden('Passphrase: '), fresh);
  if (fresh && (await io.askHidden('Once more: ')) !== typed) throw new CliError('USAGE', 'the two passphrases differ; no key was made');
  return typed;
}

/**
 * The PIN of a token, from `--pin-file`, the environment, or the terminal.
 *
 * @param token - its label
 * @throws CliError PIN_MISSING, FILE_FAILED
 */
export async function readPin(io: Io, file: string | undefined, token: string): Promise<string> {
  const given = file === undefined ? process.env[PIN_VARIABLE] : await fromFile('--pin-file', file);
  if (given !== undefined && given !== '') return given;
  if (!io.interactive) throw new CliError('PIN_MISSING', `no PIN for token ${token}: give --pin-file FILE or set ${PIN_VARIABLE}`);
  return io.askHidden(`PIN of token ${token}: `);
}

function checked(passphrase: string, fresh: boolean): string {
  if (fresh && passphrase.length < MINIMUM) throw new CliError('USAGE', `the passphrase must have at least ${MINIMUM} characters`);
  return passphrase;
}

async function fromFile(option: string, file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new CliError('FILE_FAILED', `${option} ${file}: cannot be read`, { cause });
  }
}
