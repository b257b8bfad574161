import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as installed, with its own home, and against the cluster of the kubeconfig given. */
export class TestCli {
  readonly home: string = mkdtempSync(join(tmpdir(), 'collabnet-cli-'));
  /** Variables beside those that every run gets. */
  environment: Readonly<Record<string, string>> = {};
  readonly #kubeconfig: string | undefined;

  constructor(kubeconfig?: string) {
    this.#kubeconfig = kubeconfig;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Runs a command line without a terminal. */
  run(...args: string[]): Promise<CliResult> {
    const binary = join(import.meta.dirname, '..', '..', 'bin', 'kubectl-collabnet');
    const child = spawn(binary, args, {
      env: {
        PATH: process.env['PATH'],
        HOME: this.home,
        COLLABNET_PASSPHRASE: 'correct horse battery',
        ...(this.#kubeconfig === undefined ? {} : { KUBECONFIG: this.#kubeconfig }),
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
    });
  }
}
