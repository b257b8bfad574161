import { layout } from '../cluster/layout.ts';
import { run } from '../lib/run.ts';
import { laneSuffix } from '../test/lane.ts';

/** Of this lane alone: another restores its own traffic only. */
const TABLE = `${layout.faultTable}${laneSuffix()}`;

/** Packets that a fault is about: `ip saddr 10.0.0.1`, `tcp dport 7422`; each a match of nftables. */
export type Matches = readonly string[];

/** Loses every matching packet until {@link restoreTraffic}, also of connections that are open. */
export function cutTraffic(matches: Matches): Promise<void> {
  return install(matches.map((match) => `${match} counter drop`));
}

/** Lets through this much of the matching packets and loses the rest; the kernel here has no delaying queue. */
export function slowTraffic(matches: Matches, kilobytesPerSecond: number): Promise<void> {
  return install(matches.map((match) => `${match} limit rate over ${kilobytesPerSecond} kbytes/second burst 16 kbytes counter drop`));
}

/** Answers every matching packet by a reset: open connections end at once, new ones are refused. */
export function resetTraffic(matches: Matches): Promise<void> {
  return install(matches.map((match) => `${match} counter reject with tcp reset`));
}

export async function restoreTraffic(): Promise<void> {
  await run('nft', ['delete', 'table', 'ip', TABLE], { allowFailure: true });
}

async function install(rules: readonly string[]): Promise<void> {
  // Before the filters of the policies; after the destination of a Service was replaced by a pod's address.
  const chain = (hook: string): string => `  chain ${hook} {\n    type filter hook ${hook} priority -50; policy accept;\n${rules.map((rule) => `    ${rule}`).join('\n')}\n  }`;
  await restoreTraffic();
  await run('nft', ['-f', '-'], { input: `table ip ${TABLE} {\n${['input', 'forward', 'output'].map(chain).join('\n')}\n}\n` });
}
