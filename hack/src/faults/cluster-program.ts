import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { components, type ComponentName } from '../cluster/components.ts';
import { hierarchies } from '../cluster/cgroups.ts';
import { runningPid, start } from '../cluster/process.ts';
import { HackError } from '../lib/hack-error.ts';

/** One program of the local cluster (`kubelet`, `etcd`, …): ended, started, stopped for a while, or slowed. */
export class ClusterProgram {
  readonly #name: ComponentName;

  constructor(name: ComponentName) {
    this.#name = name;
  }

  kill(): void {
    process.kill(this.#pid(), 'SIGKILL');
  }

  /** As the service manager of a node would. */
  async start(): Promise<void> {
    await start(components[this.#name]());
  }

  freeze(): void {
    process.kill(this.#pid(), 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.#pid(), 'SIGCONT');
  }

  /** Gives the program this share of one processor, by a cgroup of its own. */
  throttle(share: number): void {
    const folder = slowCgroup(this.#name);
    mkdirSync(folder, { recursive: true });
    const quota = String(Math.max(1_000, Math.round(share * 100_000)));
    const version1 = join(folder, 'cpu.cfs_quota_us');
    if (existsSync(version1)) writeFileSync(version1, quota);
    else writeFileSync(join(folder, 'cpu.max'), `${quota} 100000`);
    writeFileSync(join(folder, 'cgroup.procs'), String(this.#pid()));
  }

  unthrottle(): void {
    const folder = slowCgroup(this.#name);
    if (!existsSync(folder)) return;
    const procs = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
    for (const pid of procs) writeFileSync(join(dirname(folder), 'cgroup.procs'), pid);
    rmdirSync(folder);
  }

  #pid(): number {
    const pid = runningPid(this.#name);
    if (pid === undefined) throw new HackError('NOT_READY', `${this.#name} does not run; start the local cluster with make cluster-up`);
    return pid;
  }
}

function slowCgroup(name: string): string {
  // Version 1 has one hierarchy with the controller in its name; in version 2 all controllers share one.
  const mount = hierarchies().find((path) => basename(path).split(',').includes('cpu') || existsSync(join(path, 'cgroup.controllers')));
  if (mount === undefined) throw new HackError('NOT_READY', 'no cgroup hierarchy limits processor time here');
  return join(mount, `collabnet-slow-${name}`);
}
