import { HackError } from './hack-error.ts';

/** Runs a command's main function; a failure becomes one readable message and exit code 1. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    if (error instanceof HackError) process.stderr.write(`\n${error.code}: ${error.message}\n`);
    else process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
