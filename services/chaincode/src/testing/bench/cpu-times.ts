import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Clock ticks of the kernel, ms each. */
const TICK_MS = 10;

/** CPU time so far of this process (`driver`) and of its children by program, ms. On a busy machine it says more than the clock. */
export function cpuTimes(): Record<string, number> {
  const own = process.cpuUsage();
  const times: Record<string, number> = { driver: (own.user + own.system) / 1000 };
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[1]) !== process.pid) continue;
      const program = basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '');
      const name = program === 'node' ? 'chaincode' : program.replace(/-.*/, '');
      times[name] = (times[name] ?? 0) + (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    } catch {
      // It has ended meanwhile.
    }
  }
  return times;
}

/** CPU time of each program for one of `calls` calls, ms. */
export function cpuPerCall(before: Record<string, number>, after: Record<string, number>, calls: number): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, time]) => [name, Math.round(((time - (before[name] ?? 0)) / calls) * 100) / 100]));
}
