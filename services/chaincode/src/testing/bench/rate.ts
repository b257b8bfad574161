import { cpuPerCall, cpuTimes } from './cpu-times.ts';
import type { Rate } from './figures.ts';

/** Runs calls, so many at once. */
export async function rate(calls: readonly (() => Promise<unknown>)[], inFlight: number): Promise<Rate> {
  const before = cpuTimes();
  const from = performance.now();
  const waiting = [...calls];
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let call = waiting.pop(); call !== undefined; call = waiting.pop()) await call();
    }),
  );
  return { callsPerSecond: (calls.length * 1000) / (performance.now() - from), cpuPerCall: cpuPerCall(before, cpuTimes(), calls.length) };
}

/** The rate in the middle; CPU times are means over all rounds. */
export function typical(rates: readonly Rate[]): Rate {
  const programs = [...new Set(rates.flatMap((each) => Object.keys(each.cpuPerCall)))];
  const mean = (program: string): number => rates.reduce((sum, each) => sum + (each.cpuPerCall[program] ?? 0), 0) / rates.length;
  return { callsPerSecond: middle(rates.map((each) => each.callsPerSecond)), cpuPerCall: Object.fromEntries(programs.map((program) => [program, mean(program)])) };
}

export function middle(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Median time of one run, ms. */
export async function alone(run: (nth: number) => Promise<unknown>, runs: number): Promise<number> {
  const times: number[] = [];
  for (let nth = 0; nth < runs; nth++) times.push((await timed(() => run(nth))) * 1000);
  return middle(times);
}

/** Time of a run, s. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return (performance.now() - from) / 1000;
}
