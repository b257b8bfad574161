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
  const children = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => foldersBelow(join(root, entry.name))), root];
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

/** Pids of every process inside the pods of the cluster. */
export function podProcesses(): number[] {
  const pids = new Set<number>();
  for (const folder of clusterCgroups()) {
    const text = readFileSync(join(folder, 'cgroup.procs'), 'utf8');
    for (const line of text.split('\n').filter(Boolean)) pids.add(Number(line));
  }
  pids.delete(0);
  return [...pids];
}

/** Removes the cgroups of the cluster, deepest first. */
export function removeCgroups(): void {
  for (const folder of clusterCgroups()) rmdirSync(folder);
}
