import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

const KEPT_OUTPUT = 64 * 1024;

/** A child process of a test, ended with it. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #killAtExit: () => void;
  readonly #name: string;
  #output = '';

  /** @param env beside this process's own */
  constructor(name: string, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#name = name;
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => void (this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT));
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#killAtExit = () => this.#child.kill('SIGKILL');
    process.on('exit', this.#killAtExit);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', (error) => {
        this.#output += error.message;
        resolve();
      });
    });
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined;
  }

  /** Waits until `check` is true. @throws Error with the last output when the process ends or time runs out */
  async until(check: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      if (await check().catch(() => false)) return;
      if (!this.running || Date.now() > deadline)
        throw new Error(`${this.#name} did not come up:\n${this.#output.slice(-4_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    process.off('exit', this.#killAtExit);
    if (this.running) this.#child.kill(signal);
    await this.#exited;
  }
}
