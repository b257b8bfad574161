import type { Spent } from './performance-figures.ts';

/** Processor seconds so far by container id or name of a program. */
export type Reading = ReadonlyMap<string, number>;
/** Container id to what it is in the figures. */
export type ContainerNames = ReadonlyMap<string, string>;

/** In the name of a container's cgroup; that of its pod has none and contains nothing else that works. */
export const CONTAINER_ID = /[0-9a-f]{64}/;
const REST = 'everything else';
/** The programs of the cluster count as one. */
const CLUSTER = 'Kubernetes';

/** What happened between two readings; a container that came between them began with nothing. */
export function spentBy({ first, last, names, ...whole }: { first: Reading; last: Reading; names: ContainerNames } & Omit<Spent, 'parts'>): Spent {
  const parts: Record<string, number> = {};
  for (const [id, seconds] of last) {
    const part = CONTAINER_ID.test(id) ? names.get(id) : CLUSTER;
    if (part !== undefined) parts[part] = (parts[part] ?? 0) + seconds - (first.get(id) ?? 0);
  }
  const known = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
  return { ...whole, parts: { ...parts, [REST]: Math.max(0, whole.busy - known) } };
}

/** The one in the middle by the time that passed; unlike a mean it says nothing of a run that lost an attempt. At least one. */
export function middleSpent(all: readonly Spent[]): Spent {
  const sorted = [...all].sort((a, b) => a.wall - b.wall);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

/** The mean of several measured times. */
export function meanSpent(all: readonly Spent[]): Spent {
  const mean = (read: (each: Spent) => number): number => all.reduce((sum, each) => sum + read(each), 0) / all.length;
  const names = [...new Set(all.flatMap(({ parts }) => Object.keys(parts)))];
  return { wall: mean(({ wall }) => wall), busy: mean(({ busy }) => busy), stolen: mean(({ stolen }) => stolen), parts: Object.fromEntries(names.map((name) => [name, mean(({ parts }) => parts[name] ?? 0)])) };
}
