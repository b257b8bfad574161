import { spawn } from 'node:child_process';
import { HackError } from './hack-error.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input. */
  readonly input?: string;
  /** Do not throw on a non-zero exit. */
  readonly allowFailure?: boolean;
  /** Show the output as it comes instead of collecting it. */
  readonly show?: boolean;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one program without a shell.
 * @throws HackError COMMAND_FAILED with the last lines of its output.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: options.show ? ['pipe', 'inherit', 'inherit'] : 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  // A program that ends without reading its input is judged by its exit code.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(new HackError('COMMAND_FAILED', `${command} could not be started: ${cause.message}`, { cause })));
    child.once('close', (status, signal) => resolve(status ?? (signal ? 128 : 1)));
  });
  if (code !== 0 && !options.allowFailure) {
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-20).join('\n');
    throw new HackError('COMMAND_FAILED', `${command} ${args.slice(0, 6).join(' ')} ended with ${code}\n${tail}`);
  }
  return { code, stdout, stderr };
}

/** Resolves after `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Asks `ready` every `everyMs` until it is true.
 * @throws HackError NOT_READY naming `what` after `timeoutMs`.
 */
export async function waitFor(what: string, ready: () => Promise<boolean> | boolean, timeoutMs: number, everyMs = 250): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await ready())) {
    if (Date.now() > deadline) throw new HackError('NOT_READY', `${what} was not ready after ${Math.round(timeoutMs / 1000)} s`);
    await sleep(everyMs);
  }
}
