import { count, mebi, table } from './markdown.ts';
import type { PsiFigures } from './performance-figures.ts';

export function intersectionSection(psi: readonly PsiFigures[]): string {
  if (psi.length === 0) return '';
  const s = (value: number): string => value.toFixed(2);
  return `## Intersection of two tables
${table(
  ['rows per bank', 'wire profile', 'runs', 'task, s', 'bare engine, s', 'ratio', 'prepare, s', 'align, s', 'clean, s', 'engine', 'courier', 'bare engine', 'exchanged', 'by bare engines'],
  psi.map(({ rows, profile, runs, task, bare, ratio }) => [count(rows), profile, String(runs), s(task.compute), s(bare.compute), s(ratio), s(task.prepare), s(task.align), s(task.clean), mebi(task.engineMemory), mebi(task.courierMemory), mebi(bare.memory), mebi(task.exchanged), mebi(bare.exchanged)]),
)}

Two banks with as many rows each, half of them common, one key of 19 digits; protocol RR22; bank A receives
the result with one column of its own. Medians of the runs; of the two parties the slower or larger one counts. Beyond 1,000,000 rows the limits of engines and data
proxies are raised in proportion (\`hack/src/bench/room.ts\` has the values); up to there the chart's defaults hold.
- **task**: phase \`compute\` of the signed receipts: the engine computes through both couriers, NATS and the hub, and writes the result.
- **bare engine**: \`compute-images/spu/bench_bare.py\`: two engines in one pod of the same image, over loopback, run after each
  task, when its pods are gone. Its key file is ready and it writes no payload; connecting is left out on both sides, because over its own link the library waits 1 to
  4 s after a first refused connection (here ${psi.map(({ bare }) => s(bare.connect)).join(', ')} s), which is in the task's \`align\`, where the tunnel accepts at once.
- **prepare**: the courier reads, freezes and commits to the input, the engine copies it and loads its library. **align**: the couriers' handshake, the engine
  connects. **clean**: delivery and wiping. None of it is in the ratio.
- **engine**, **courier**, **bare engine**: peak resident set of the largest process, from the receipts.
- **exchanged**: octets of the engines through the tunnel, both directions, from the receipts; by the bare engines: over loopback, with the headers of packets.`;
}
