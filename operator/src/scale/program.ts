import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const KEPT_OUTPUT = 256 * 1024;

export interface ProgramOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment, but for PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Memory of a process, bytes. */
export interface ProcessMemory {
  readonly resident: number;
  /** Largest resident set so far, or since the last {@link Program.resetPeak}. */
  readonly peak: number;
}

/** A process that the bench started, measured from outside, and ended with the bench. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #killAtExit = (): void => void this.#child.kill('SIGKILL');
  #output = '';

  constructor(options: ProgramOptions) {
    this.#options = options;
    const env = { PATH: process.env['PATH'], ...options.env };
    this.#child = spawn(options.command, options.args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => void (this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT));
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    process.on('exit', this.#killAtExit);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        process.off('exit', this.#killAtExit);
        resolve();
      });
      this.#child.once('error', (error) => {
        this.#output += error.message;
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined;
  }

  /** The last of what it wrote. */
  get output(): string {
    return this.#output;
  }

  memory(): ProcessMemory {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const read = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
    return { resident: read('VmRSS'), peak: read('VmHWM') };
  }

  /** Open file descriptors. */
  descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Processor time so far, s. */
  processorSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Waits until `check` holds. @throws Error with the last output when the process ends or time runs out */
  async until(what: string, check: () => Promise<boolean> | boolean, timeoutMs: number, everyMs = 50): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await Promise.resolve().then(check).catch(() => false))) {
      if (!this.running || Date.now() > deadline) throw new Error(`${this.#options.name}: ${what}: ${this.running ? `not within ${timeoutMs} ms` : 'it has ended'}\n${this.#output.slice(-4_000)}`);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  /** Resolves when the process has ended, for whatever reason. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends this process, and only it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.running) this.#child.kill(signal);
    await this.#exited;
  }
}
