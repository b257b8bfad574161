import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { clusterCgroups } from '../cluster/cgroups.ts';
import { HackError } from '../lib/hack-error.ts';
import { waitFor } from '../lib/run.ts';

const PERIOD_MICROSECONDS = 100_000;

/** The cgroups of one container on this node, in whatever hierarchies there are: its processes, frozen, slowed or ended. */
export class ContainerCgroup {
  readonly #folders: readonly string[];

  /**
   * @param id as the kubelet reports it, `containerd://…`
   * @throws HackError NOT_FOUND when the container has no cgroup on this node
   */
  constructor(id: string) {
    const name = id.replace(/^\w+:\/\//, '');
    this.#folders = clusterCgroups().filter((folder) => basename(folder).includes(name));
    if (name === '' || this.#folders.length === 0) throw new HackError('NOT_FOUND', `container ${id} has no cgroup on this node`);
  }

  /** SIGKILL to every process. */
  kill(): void {
    for (const pid of this.#processes()) signal(pid, 'SIGKILL');
  }

  /** No process gets the processor until {@link thaw}; its connections stay open, as with a host that hangs. */
  async freeze(): Promise<void> {
    this.#writeFrozen('FROZEN', '1');
    await waitFor('freezing a container', () => this.#frozen(), 5_000, 20);
  }

  thaw(): void {
    this.#writeFrozen('THAWED', '0');
  }

  /** Gives the processes this share of one processor. */
  throttle(share: number): void {
    const quota = String(Math.max(1_000, Math.round(share * PERIOD_MICROSECONDS)));
    this.#write('cpu.cfs_quota_us', quota);
    this.#write('cpu.max', `${quota} ${PERIOD_MICROSECONDS}`);
  }

  unthrottle(): void {
    this.#write('cpu.cfs_quota_us', '-1');
    this.#write('cpu.max', 'max');
  }

  #processes(): number[] {
    const lists = this.#folders.map((folder) => textOf(join(folder, 'cgroup.procs')));
    return [...new Set(lists.flatMap((text) => text.split('\n').filter(Boolean).map(Number)))];
  }

  #writeFrozen(version1: string, version2: string): void {
    this.#write('freezer.state', version1);
    this.#write('cgroup.freeze', version2);
  }

  #frozen(): boolean {
    return this.#folders.some((folder) => textOf(join(folder, 'freezer.state')).trim() === 'FROZEN' || textOf(join(folder, 'cgroup.events')).includes('frozen 1'));
  }

  /** Writes to whichever hierarchy has the file; a container that has ended meanwhile has none. */
  #write(file: string, text: string): void {
    for (const path of this.#folders.map((folder) => join(folder, file)).filter((candidate) => existsSync(candidate))) writeFileSync(path, text);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Content of a file of a cgroup; nothing where it is not, or goes away with its container while it is read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
