import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../base/errors.ts';

/** Lines of an exported file. @throws CliError FILE_FAILED */
export async function* fileLines(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file);
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity });
  } catch (cause) {
    throw new CliError('FILE_FAILED', `${file}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Writes a file only when all lines have come; `-` is the standard output. @throws CliError FILE_FAILED, or what the lines throw */
export async function writeLines(lines: AsyncIterable<string>, file: string): Promise<void> {
  const text = Readable.from(withNewlines(lines));
  if (file === '-') return pipeline(text, process.stdout, { end: false });
  const partial = `${file}.part`;
  try {
    await pipeline(text, createWriteStream(partial));
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause instanceof CliError ? cause : new CliError('FILE_FAILED', `${file}: the export could not be written whole: ${(cause as Error).message}`, { cause });
  }
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
