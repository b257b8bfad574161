import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layout } from './layout.ts';

/** Mount points of the cgroup hierarchies (version 1 has several, version 2 one). */
export function hierarchies(): string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' '));
  return lines.filter(([, , type]) => type === 'cgroup' || type === 'cgroup2').flatMap(([, path]) => (path === undefined ? [] : [path]));
}

/** Paths of the cluster's own cgroup in every hierarchy, whether it is there or not. */
function roots(): string[] {
  return hierarchies().map((path) => join(path, layout.cgroup));
}

function foldersBelow(root: string): string[] {
  const children = unlessGone([], () => readdirSync(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => foldersBelow(join(root, entry.name))), root];
}

/** A pod may end between the look at its folder and the look into it. */
function unlessGone<T>(otherwise: T, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return otherwise;
    throw error;
  }
}

/** Makes the parent cgroup of all pods. A new cpuset is empty and must be given what its parent has. */
export function makeCgroups(): void {
  for (const root of roots()) {
    mkdirSync(root, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const own = join(root, file);
      const parent = join(root, '..', file);
      if (!existsSync(join(root, 'cgroup.controllers')) && existsSync(own) && existsSync(parent)) writeFileSync(own, readFileSync(parent));
    }
  }
}

/** Every cgroup of the cluster's pods and containers, deepest first. */
export function clusterCgroups(): string[] {
  return roots()
    .filter((path) => existsSync(path))
    .flatMap((root) => foldersBelow(root));
}

/** Processor seconds so far of every cgroup of the cluster's pods and containers, by its path. */
export function cgroupSeconds(): Map<string, number> {
  const reader = READERS.flatMap(({ file, read }) => roots().filter((root) => existsSync(join(root, file))).map((root) => ({ root, file, read })))[0];
  if (reader === undefined) return new Map();
  const { root, file, read } = reader;
  return new Map(
    foldersBelow(root).flatMap((folder) => {
      const text = unlessGone(undefined, () => readFileSync(join(folder, file), 'utf8'));
      return text === undefined ? [] : [[folder, read(text)] as const];
    }),
  );
}

/** Of the hierarchies of version 1 one counts the time; another has a file by the name that it has in version 2. */
const READERS: readonly { file: string; read: (text: string) => number }[] = [
  { file: 'cpuacct.usage', read: (text) => Number(text) / 1e9 },
  { file: 'cpu.stat', read: (text) => Number(/usage_usec (\d+)/.exec(text)?.[1] ?? 0) / 1e6 },
];

/** Pids of every process inside the pods of the cluster. */
export function podProcesses(): number[] {
  const pids = new Set<number>();
  for (const folder of clusterCgroups()) {
    const text = unlessGone('', () => readFileSync(join(folder, 'cgroup.procs'), 'utf8'));
    for (const line of text.split('\n').filter(Boolean)) pids.add(Number(line));
  }
  pids.delete(0);
  return [...pids];
}

/** Removes the cgroups of the cluster, deepest first. */
export function removeCgroups(): void {
  for (const folder of clusterCgroups()) rmdirSync(folder);
}
