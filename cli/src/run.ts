import { CommanderError } from 'commander';
import { EXIT, exitCodeOf } from './base/errors.ts';
import type { Io } from './base/io.ts';
import { paint } from './base/text.ts';
import { buildProgram } from './program.ts';

/**
 * Runs one command line.
 *
 * @param args - without interpreter and script
 * @returns the exit code
 */
export async function run(io: Io, name: string, args: readonly string[]): Promise<number> {
  try {
    await buildProgram(io, name).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const message = error instanceof Error ? error.message : String(error);
    io.note(`${paint(io.colour, 'red', 'error:')} ${message}`);
    return exitCodeOf(error);
  }
}
