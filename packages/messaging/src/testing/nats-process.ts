import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Finds nats-server in the directory COLLABNET_BIN, in the cache `make setup` fills, or on PATH. */
export function natsServerBinary(): string {
  const directories = [
    process.env['COLLABNET_BIN'],
    join(homedir(), '.cache/collabnet/bin'),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  for (const directory of directories) {
    if (!directory || !existsSync(directory)) continue;
    const name = readdirSync(directory).find((entry) => /^nats-server(-\d[\w.]*)?$/.test(entry));
    if (name) return join(directory, name);
  }
  throw new Error('nats-server: not found; run `make setup` or set COLLABNET_BIN to the directory that holds it');
}

/** Below the range from which the kernel gives ports to connections: nobody takes it between this check and its use. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_240, 32_768);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** One nats-server on loopback with a directory of its own. */
export class NatsProcess {
  readonly directory: string;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async prepare(): Promise<NatsProcess> {
    return new NatsProcess(await mkdtemp(join(tmpdir(), 'collabnet-nats-')));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async write(name: string, text: string): Promise<string> {
    await writeFile(this.path(name), text, { mode: 0o600 });
    return this.path(name);
  }

  /** Largest resident memory so far, octets, as Linux tells it. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.#child?.pid ?? 0}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  get output(): string {
    return this.#output;
  }

  async start(config?: string): Promise<void> {
    if (config !== undefined) await this.write('nats-server.conf', config);
    const child = spawn(natsServerBinary(), ['-c', this.path('nats-server.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#output = '';
    child.stderr.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    await eventually(() => this.#output.includes('Server is ready') || child.exitCode !== null, 10_000);
    if (child.exitCode !== null) throw new Error(`nats-server ended at once:\n${this.#output}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Polls until `check` holds. */
export async function eventually(check: () => boolean | Promise<boolean>, timeoutMs = 8_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not reached within ${timeoutMs} ms: ${check.toString()}`);
    await delay(25);
  }
}
