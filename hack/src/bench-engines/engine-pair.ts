import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HackError } from '../lib/hack-error.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { tool } from '../setup/build-tools.ts';

export type Engine = 'spu' | 'sets';

/** What an engine can be asked for here, in its own words. */
export interface Question {
  readonly engine: Engine;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of each party; half of the keys are common. */
  readonly rows: number;
  /** In place of `rows`, what `a` and `b` give; null for a party that gives nothing. */
  readonly sides?: readonly [Side | null, Side | null];
  /** Lines of the result, where they are others than half of the rows, or one. */
  readonly lines?: number;
}

/** Consecutive keys, with a value each where `values` says so. */
export interface Side {
  readonly first: number;
  readonly rows: number;
  readonly values?: boolean;
}

/** Of two engines that talk over loopback, without couriers and tunnels. */
export interface PairFigures {
  /** From the agreement of the engines to the written result, of the slower party. */
  readonly seconds: number;
  /** User and system time of both. */
  readonly processorSeconds: number;
  /** Of the larger one, octets. */
  readonly peakMemory: number;
}

const NAMES = ['a', 'b'] as const;
const LIMIT_MS = 900_000;

/** Lets two engines answer a question, and checks the answer. */
export async function runPair(question: Question): Promise<PairFigures> {
  const { engine, rows, lines: wanted } = question;
  const sides = question.sides ?? ([0, rows / 2].map((first) => ({ first, rows })) as [Side, Side]);
  const receivers = (question.parameters['receivers'] as string[] | undefined) ?? ['a'];
  const parameters = { ...question.parameters, receivers };
  const root = mkdtempSync(join(tmpdir(), 'collabnet-engines-'));
  const children: ChildProcess[] = [];
  try {
    const ports = [await freePort(), await freePort()];
    const parties = NAMES.map((name, rank) => ({ name, address: `127.0.0.1:${ports[rank]}` }));
    const runs = await Promise.all(NAMES.map((name, rank) => prepare(join(root, name), { engine, parameters, parties, name, side: sides[rank] ?? null })));
    children.push(...runs.map(({ child }) => child));
    const ends = await Promise.all(runs.map(finish));
    const lines = readFileSync(join(root, receivers[0] ?? '', 'out', 'result.csv'), 'utf8').trimEnd().split('\n').length - 1;
    // The psi library may write its dummy row in a difference; of it only intersections and counts are asked for.
    if (wanted === undefined ? lines !== rows / 2 && lines !== 1 : lines !== wanted) throw new HackError('COMMAND_FAILED', `${engine}: ${lines} lines for ${rows} rows`);
    return {
      seconds: Math.max(...ends.map(({ seconds }) => seconds)),
      processorSeconds: ends.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0),
      peakMemory: Math.max(...ends.map(({ peakMemory }) => peakMemory)),
    };
  } finally {
    for (const child of children) child.kill();
    rmSync(root, { recursive: true, force: true });
  }
}

interface Party extends Pick<Question, 'engine' | 'parameters'> {
  readonly parties: readonly { readonly name: string; readonly address: string }[];
  readonly name: string;
  readonly side: Side | null;
}

async function prepare(work: string, { engine, parameters, parties, name, side }: Party): Promise<{ work: string; child: ChildProcess }> {
  for (const folder of ['engine', 'in', 'out']) mkdirSync(join(work, folder), { recursive: true });
  const input = join(work, 'in', 'keys.csv');
  if (side !== null) await writeKeys(input, side);
  const job = {
    schema: 'collabnet.dev/engine-job/v1', task: 'bench', step: 'pair', attempt: 1,
    algorithm: { name: engine === 'spu' ? 'psi' : 'sets', version: '1.0.0' },
    self: name, parties,
    inputs: side === null ? [] : [{ name: 'keys', path: input, keys: ['id'], rows: side.rows }],
    outputs: [{ name: 'result', path: join(work, 'out', 'result.csv') }],
    parameters,
    timeoutSeconds: LIMIT_MS / 1000,
  };
  writeFileSync(join(work, 'engine', 'job.json'), JSON.stringify(job));
  const [command, args, env] = program(engine);
  const child = spawn(command, args, { env: { PATH: process.env['PATH'], COLLABNET_WORK: work, ...env }, stdio: 'ignore' });
  return { work, child };
}

/** Packages of the engine spu, unpacked from the wheels that `make setup` has fetched. */
function spuFolder(): string {
  const found = spawnSync('python3.11', ['-c', 'from tests.wheel import spu_folder; print(spu_folder() or "")'], { cwd: join(repositoryRoot, 'compute-images', 'spu'), encoding: 'utf8' });
  const folder = found.stdout.trim();
  if (folder === '') throw new HackError('NOT_READY', `no wheels of the engine spu: run make setup. ${found.stderr}`);
  return folder;
}

function program(engine: Engine): [string, string[], Record<string, string>] {
  if (engine === 'sets') return [tool('engine-sets'), [], {}];
  return ['python3.11', ['-m', 'runner'], { PYTHONPATH: join(repositoryRoot, 'compute-images', 'spu'), PYTHONDONTWRITEBYTECODE: '1', COLLABNET_SPU: spuFolder() }];
}

interface Exit {
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly seconds: Readonly<Record<string, number>>;
  readonly peakRssBytes: number;
}

async function finish({ work, child }: { work: string; child: ChildProcess }): Promise<PairFigures> {
  const file = join(work, 'engine', 'exit.json');
  for (const until = Date.now() + LIMIT_MS; !existsSync(file); await sleep(20)) {
    if (Date.now() > until || child.exitCode !== null) throw new HackError('COMMAND_FAILED', `an engine ended with ${child.exitCode} and no exit.json`);
  }
  const exit = JSON.parse(readFileSync(file, 'utf8')) as Exit;
  // One that has failed may have gone already.
  if (exit.status !== 'Succeeded') throw new HackError('COMMAND_FAILED', `an engine ended with ${exit.code}: ${exit.message}`);
  const processorSeconds = spentBy(child.pid ?? 0);
  const ended = once(child, 'exit');
  writeFileSync(join(work, 'engine', 'release'), '');
  await ended;
  return { seconds: (exit.seconds['compute'] ?? 0) + (exit.seconds['write'] ?? 0), processorSeconds, peakMemory: exit.peakRssBytes };
}

/** Ticks are hundredths of a second on every Linux that Node runs on. */
const TICKS = 100;

/** Of a process and the children that it has waited for, seconds. */
function spentBy(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** 19-digit keys, scattered by a multiplication modulo a prime, so that the file is not sorted. */
async function writeKeys(path: string, { first, rows, values }: Side): Promise<void> {
  const file = createWriteStream(path);
  file.write(values === true ? 'id,collabnet_row,amount\n' : 'id,collabnet_row\n');
  for (let row = 0; row < rows; row += 1) {
    const key = 1_000_000_000_000_000_000n + ((BigInt(first + row) * 7_919n) % 2_147_483_647n);
    if (!file.write(values === true ? `${key},${row},${row % 1000}\n` : `${key},${row}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** Below the range from which the kernel gives ports to connections: nobody takes it between this check and its use. */
async function freePort(): Promise<number> {
  const port = randomInt(10_240, 32_768);
  const server = createServer();
  const taken = await new Promise<boolean>((resolve) => server.once('error', () => resolve(true)).listen(port, '127.0.0.1', () => resolve(false)));
  if (taken) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}
