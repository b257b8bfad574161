import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import type { Files } from '../msp/local-files.ts';
import { eventually } from './eventually.ts';

const SETPRIV = '/usr/bin/setpriv';
/** Lines of output kept for the message of a failure. */
const OUTPUT_LIMIT = 400;

/** How a node is started. */
export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Configuration folder (FABRIC_CFG_PATH). */
  readonly folder: string;
  /** Ports on loopback that it serves. */
  readonly ports: readonly number[];
  /** Port of `/healthz` on loopback. */
  readonly operationsPort: number;
}

/** One peer or orderer as a process of this machine. It ends with the process that started it. */
export class FabricProcess {
  readonly options: ProcessOptions;
  #child: ChildProcess | undefined;
  #lines: string[] = [];

  constructor(options: ProcessOptions) {
    this.options = options;
  }

  /** Its last lines of output. */
  get output(): string {
    return this.#lines.join('\n');
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it, and waits until it says that it is healthy. */
  async start(): Promise<void> {
    if (this.isRunning) throw new Error(`${this.options.folder}: runs already`);
    this.#lines = [];
    const { command, args, folder } = this.options;
    // The kernel ends the node when the test ends in a way that runs no handler.
    const line = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--', command, ...args] : [command, ...args];
    const child = spawn(line[0] ?? command, line.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], FABRIC_CFG_PATH: folder, FABRIC_LOGGING_FORMAT: 'json', FABRIC_LOGGING_SPEC: process.env['COLLABNET_TEST_FABRIC_LOG'] ?? 'info' },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    child.on('error', (error) => this.#keep(error.message));
    const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
    await eventually(`start of ${folder}`, async () => ended() || ((await isHealthy(this.options.operationsPort)) && (await Promise.all(this.options.ports.map(isOpen))).every(Boolean)), 60_000);
    if (ended()) throw new Error(`${command} ended at once:\n${this.output}`);
  }

  /** Ends it: SIGTERM as Kubernetes does, or SIGKILL as a crash would. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    // A node that hangs in its shutdown would hang the test.
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }

  #keep(text: string): void {
    this.#lines.push(...text.split('\n').filter((line) => line !== ''));
    if (this.#lines.length > OUTPUT_LIMIT) this.#lines.splice(0, this.#lines.length - OUTPUT_LIMIT);
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** A node is healthy some time before it listens. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Writes files below a folder, which is emptied first. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
}
