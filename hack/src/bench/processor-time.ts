import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { LABEL_TASK } from '@collabnet/crds';
import { cgroupSeconds } from '../cluster/cgroups.ts';
import { components } from '../cluster/components.ts';
import { runningPid } from '../cluster/process.ts';
import { kubectl } from '../demo/cluster.ts';
import type { Spent } from './performance-figures.ts';
import { CONTAINER_ID, spentBy, type ContainerNames, type Reading } from './spent.ts';

/** A container may live shorter than what is measured: what it used is lost with it, but for the last look. */
const LOOK_MS = 200;
/** Linux counts processor time of processes in hundredths of a second. */
const TICKS = 100;

/** Who uses the processors of the node of the local cluster, from {@link start} to {@link stop}. */
export class ProcessorTime {
  readonly #names: ContainerNames;
  readonly #first: Reading;
  readonly #before: Processors;
  readonly #startedAt = performance.now();
  readonly #looks: NodeJS.Timeout;
  #last: Reading;

  private constructor(names: ContainerNames) {
    this.#names = names;
    this.#first = this.#last = read();
    this.#before = processors();
    this.#looks = setInterval(() => (this.#last = new Map([...this.#last, ...read()])), LOOK_MS);
  }

  static async start(): Promise<ProcessorTime> {
    return new ProcessorTime(await containerNames());
  }

  async stop(): Promise<Spent> {
    clearInterval(this.#looks);
    const last = new Map([...this.#last, ...read()]);
    const now = processors();
    const [busy, stolen] = [now.busy - this.#before.busy, now.stolen - this.#before.stolen];
    const wall = (performance.now() - this.#startedAt) / 1000;
    return spentBy({ first: this.#first, last, names: new Map([...this.#names, ...(await containerNames())]), busy, stolen, wall });
  }
}

/** Processor seconds so far, of each container and of each program of the node. */
function read(): Reading {
  const containers = [...cgroupSeconds()].flatMap(([folder, seconds]) => {
    const id = CONTAINER_ID.exec(basename(folder))?.[0];
    return id === undefined ? [] : [[id, seconds] as const];
  });
  const programs = Object.keys(components).flatMap((name) => {
    const pid = runningPid(name);
    return pid === undefined ? [] : [[name, processSeconds(pid)] as const];
  });
  return new Map([...containers, ...programs]);
}

function processSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Seconds so far, of all processors together. */
type Processors = Pick<Spent, 'busy' | 'stolen'>;

/** Waiting for a disk is not busy. */
function processors(): Processors {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).slice(1).map(Number);
  return { busy: (user + nice + system + irq + softirq) / TICKS, stolen: steal / TICKS };
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
