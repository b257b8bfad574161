import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LABEL_TASK } from '@collabnet/crds';
import { clusterCgroups } from '../cluster/cgroups.ts';
import { components } from '../cluster/components.ts';
import { runningPid } from '../cluster/process.ts';
import { kubectl } from '../demo/cluster.ts';
import { CONTAINER_ID, spentBy, type ContainerNames, type Reading, type Spent } from './spent.ts';

/** A container may live shorter than what is measured: what it used is lost with it, but for the last look. */
const LOOK_MS = 200;
/** Linux counts processor time of processes in hundredths of a second. */
const TICKS = 100;

/** Who uses the processors of the node of the local cluster, from {@link start} to {@link stop}. */
export class ProcessorTime {
  readonly #names: ContainerNames;
  readonly #first: Reading;
  readonly #before: number;
  readonly #startedAt = performance.now();
  readonly #looks: NodeJS.Timeout;
  #last: Reading;

  private constructor(names: ContainerNames) {
    this.#names = names;
    this.#first = this.#last = read();
    this.#before = busySeconds();
    this.#looks = setInterval(() => (this.#last = new Map([...this.#last, ...read()])), LOOK_MS);
  }

  static async start(): Promise<ProcessorTime> {
    return new ProcessorTime(await containerNames());
  }

  async stop(): Promise<Spent> {
    clearInterval(this.#looks);
    const last = new Map([...this.#last, ...read()]);
    const busy = busySeconds() - this.#before;
    const wall = (performance.now() - this.#startedAt) / 1000;
    return spentBy({ first: this.#first, last, names: new Map([...this.#names, ...(await containerNames())]), busy, wall });
  }
}

/** Processor seconds so far, of each container and of each program of the node. */
function read(): Reading {
  const containers = clusterCgroups().flatMap((folder) => {
    const id = CONTAINER_ID.exec(basename(folder))?.[0];
    const seconds = id === undefined ? undefined : cgroupSeconds(folder);
    return id === undefined || seconds === undefined ? [] : [[id, seconds] as const];
  });
  const programs = Object.keys(components).flatMap((name) => {
    const pid = runningPid(name);
    return pid === undefined ? [] : [[name, processSeconds(pid)] as const];
  });
  return new Map([...containers, ...programs]);
}

function cgroupSeconds(folder: string): number | undefined {
  try {
    const version1 = join(folder, 'cpuacct.usage');
    if (existsSync(version1)) return Number(readFileSync(version1, 'utf8')) / 1e9;
    const version2 = join(folder, 'cpu.stat');
    if (existsSync(version2)) return Number(/usage_usec (\d+)/.exec(readFileSync(version2, 'utf8'))?.[1] ?? 0) / 1e6;
  } catch (error) {
    // It ended between the look at the folder and the look into it.
    if (!['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return undefined;
}

function processSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Of all processors together; waiting for a disk is not busy. */
function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / TICKS;
}

interface Pod {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly status?: { readonly containerStatuses?: Status[]; readonly initContainerStatuses?: Status[] };
}
interface Status {
  readonly name: string;
  readonly containerID?: string;
}

/** A service counts as one part; of a task's pods each container does. */
async function containerNames(): Promise<ContainerNames> {
  const { stdout } = await kubectl('default', ['get', 'pods', '--all-namespaces', '-o', 'json']);
  const { items } = JSON.parse(stdout) as { items: Pod[] };
  return new Map(
    items.flatMap(({ metadata, status }) =>
      [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(({ name, containerID }) =>
        containerID === undefined ? [] : [[containerID.replace(/^\w+:\/\//, ''), (metadata.labels?.[LABEL_TASK] === undefined ? metadata.labels?.['app.kubernetes.io/component'] : undefined) ?? name] as const],
      ),
    ),
  );
}
