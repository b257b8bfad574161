import { mkdirSync } from 'node:fs';
import { freePort } from '../testing/index.ts';
import { Program } from './program.ts';
import { readMetrics, type Sample } from './scrape.ts';

export interface OperatorSettings {
  readonly identity: string;
  readonly main: string;
  /** Folder with the service account's files. */
  readonly account: string;
  readonly config: string;
  /** Folder that outlives a restart of the process, as an emptyDir does. */
  readonly cache: string;
  readonly apiPort: number;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a processor profile here when the process ends in good order. */
  readonly profileInto?: string;
}

/** As the chart sets them for the operator's container. */
export const OPERATOR_NODE_OPTIONS = '--max-old-space-size=192 --max-semi-space-size=4';
const READY_MS = 600_000;
const ANSWER_MS = 60_000;
/** As a kubelet waits before the first restart of a container, roughly. */
const RESTART_MS = 1_000;

/**
 * One operator: the image's own `main.js` as a process, with the limits that the chart gives it. One that ends by itself,
 * as it does when it loses its Lease, is started again, as a kubelet would.
 */
export class OperatorProgram {
  readonly identity: string;
  readonly startedAt = performance.now();
  /** How often it ended by itself. */
  restarts = 0;
  readonly #options: ConstructorParameters<typeof Program>[0];
  readonly #port: number;
  #program: Program;
  #ended = false;

  private constructor(identity: string, options: ConstructorParameters<typeof Program>[0], port: number) {
    this.identity = identity;
    this.#options = options;
    this.#port = port;
    this.#program = this.#run();
  }

  static async start(settings: OperatorSettings): Promise<OperatorProgram> {
    const port = await freePort();
    mkdirSync(settings.cache, { recursive: true });
    const profile = settings.profileInto === undefined ? '' : ` --cpu-prof --cpu-prof-dir=${settings.profileInto}`;
    const env = {
      ...settings.env,
      NODE_OPTIONS: `${settings.env['NODE_OPTIONS'] ?? ''} ${OPERATOR_NODE_OPTIONS} --expose-gc${profile}`,
      NODE_ENV: 'production',
      TMPDIR: settings.cache,
      LEDGER_CACHE: settings.cache,
      POD_NAME: settings.identity,
      OPERATOR_CONFIG: settings.config,
      HTTP_PORT: String(port),
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(settings.apiPort),
      COLLABNET_SERVICE_ACCOUNT_DIR: settings.account,
    };
    return new OperatorProgram(settings.identity, { name: settings.identity, command: process.execPath, args: [settings.main], env }, port);
  }

  /** The process that runs now. */
  get program(): Program {
    return this.#program;
  }

  /** Ends it for good. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#ended = true;
    await this.#program.kill(signal);
  }

  #run(): Program {
    const program = new Program(this.#options);
    void program.exited.then(() => this.#restart(program));
    return program;
  }

  #restart(program: Program): void {
    if (this.#ended) return;
    this.restarts += 1;
    process.stdout.write(`${this.identity} ended by itself and is started again; its last words:\n${program.output.slice(-2_000)}\n`);
    setTimeout(() => {
      if (!this.#ended) this.#program = this.#run();
    }, RESTART_MS).unref();
  }

  /** Waits until all caches are filled. @returns ms since the start of the process */
  async ready(): Promise<number> {
    await this.program.until('ready', async () => (await fetch(`http://127.0.0.1:${this.#port}/readyz`)).ok, READY_MS);
    return performance.now() - this.startedAt;
  }

  async metrics(): Promise<Sample[]> {
    return readMetrics(await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text());
  }

  /** Heap in use after a full collection, bytes. */
  async heap(): Promise<number> {
    const answers = (): string[] => [...this.program.output.matchAll(/heap-after-collection (\d+)\n/g)].map(([, bytes]) => bytes ?? '');
    const before = answers().length;
    this.program.signal('SIGUSR2');
    await this.program.until('answer to SIGUSR2', () => answers().length > before, ANSWER_MS);
    return Number(answers().at(-1));
  }
}
