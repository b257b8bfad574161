import { readFile } from 'node:fs/promises';
import { CliError } from './errors.ts';

/** A file that the user names. @throws CliError FILE_FAILED */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError('FILE_FAILED', `${file}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}
