import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const SETPRIV = '/usr/bin/setpriv';

export interface ChaincodeProcessOptions {
  readonly packageId: string;
  /** `host:port` */
  readonly address: string;
  readonly logFile: string;
  /** Further environment, such as CLOCK_WINDOW_MS. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The service as its image runs it, beside a peer of a test network. */
export class ChaincodeProcess {
  readonly #options: ChaincodeProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: ChaincodeProcessOptions) {
    this.#options = options;
  }

  /**
   * Starts it, or starts it again, and waits until it listens.
   *
   * @param program another one than this service's: one with altered rules
   */
  async start(program = new URL('../main.js', import.meta.url)): Promise<void> {
    const { packageId, address, logFile, environment } = this.#options;
    // The kernel ends it when the test ends in a way that runs no handler.
    const guard = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--'] : [];
    const [command = '', ...args] = [...guard, process.execPath, program.pathname];
    const child = spawn(command, args, {
      env: { ...process.env, CHAINCODE_ID: packageId, CHAINCODE_SERVER_ADDRESS: address, HEALTH_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(logFile, { flags: 'a' });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.#child = child;
    for (const deadline = Date.now() + 20_000; !(await listens(address)); await sleep(100)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the chaincode does not listen at ${address}; see ${logFile}`);
    }
  }

  /** Ends it without notice. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Ends it as Kubernetes does. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

function listens(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const end = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}
