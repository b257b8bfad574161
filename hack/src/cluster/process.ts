import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, writeAtomic } from '../lib/files.ts';
import { sleep } from '../lib/run.ts';
import { files } from './layout.ts';

/** What identifies a process: a pid alone may have been given to another one since. */
const recordShape = z.object({ pid: z.number().int().positive(), startTicks: z.string(), executable: z.string() });
type ProcessRecord = z.infer<typeof recordShape>;

function recordPath(name: string): string {
  return join(files.pids, `${name}.json`);
}

/** Start time (field 22 of `/proc/<pid>/stat`) and executable of a living process; undefined when there is none. */
export function identify(pid: number): Omit<ProcessRecord, 'pid'> | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program name in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { startTicks: fields[19] ?? '', executable: readlinkSync(`/proc/${pid}/exe`) };
  } catch {
    return undefined;
  }
}

function readRecord(name: string): ProcessRecord | undefined {
  const text = readIfThere(recordPath(name));
  return text === undefined ? undefined : recordShape.parse(JSON.parse(text));
}

/** Pid of the component when the recorded process still runs, else undefined. */
export function runningPid(name: string): number | undefined {
  const record = readRecord(name);
  if (!record) return undefined;
  const now = identify(record.pid);
  // A binary that was replaced on disk shows as "(deleted)": the start time decides.
  return now && now.startTicks === record.startTicks ? record.pid : undefined;
}

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the output of a component goes. */
export function logFile(name: string): string {
  return join(files.logs, `${name}.log`);
}

/** Starts a component in a session of its own, so that it outlives this command. No-op when it runs. */
export async function start(program: Program): Promise<'started' | 'running'> {
  if (runningPid(program.name) !== undefined) return 'running';
  mkdirSync(files.logs, { recursive: true });
  const log = openSync(logFile(program.name), 'a');
  const child = spawn(program.command, program.args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...program.env },
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  child.unref();
  const { pid } = child;
  const identity = pid === undefined ? undefined : identify(pid);
  if (pid === undefined || !identity) throw new Error(`${program.name} ended at once: see ${logFile(program.name)}`);
  writeAtomic(recordPath(program.name), JSON.stringify({ pid, ...identity }));
  return 'started';
}

/** Ends a component: SIGTERM, after `graceMs` SIGKILL. Never signals a process that is not the recorded one. */
export async function stop(name: string, graceMs = 5000): Promise<void> {
  const deadline = Date.now() + graceMs;
  for (let signal: NodeJS.Signals = 'SIGTERM'; ; ) {
    const pid = runningPid(name);
    if (pid === undefined) break;
    process.kill(pid, signal);
    await sleep(50);
    if (Date.now() > deadline) signal = 'SIGKILL';
    if (Date.now() > deadline + 5000) throw new Error(`${name} (pid ${pid}) does not end`);
  }
  if (existsSync(recordPath(name))) rmSync(recordPath(name));
}
