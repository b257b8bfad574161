import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readIfThere, writeAtomic } from '../lib/files.ts';
import { run } from '../lib/run.ts';
import { files, layout } from './layout.ts';

const forwarding = '/proc/sys/net/ipv4/ip_forward';
/** Folders outside the state folder in which kubelet and containerd insist to write. */
const foreignFolders = ['/var/lib/kubelet', '/var/lib/cni', '/var/log/containers', '/var/log/pods', '/run/containerd', '/opt/cni', '/etc/cni'];

interface Before {
  readonly forwarding: string;
  readonly folders: readonly string[];
}

/** Notes what the host looked like, so that `cluster-down` can put it back. Kept from the first start on. */
export function recordHost(): void {
  if (existsSync(files.before)) return;
  const before: Before = { forwarding: readFileSync(forwarding, 'utf8').trim(), folders: foreignFolders.filter((folder) => existsSync(folder)) };
  writeAtomic(files.before, JSON.stringify(before));
}

/** What {@link recordHost} noted; undefined when there is no cluster. */
export function hostBefore(): (Before & { readonly madeFolders: readonly string[] }) | undefined {
  const text = readIfThere(files.before);
  if (text === undefined) return undefined;
  const before = JSON.parse(text) as Before;
  return { ...before, madeFolders: foreignFolders.filter((folder) => !before.folders.includes(folder)) };
}

/** Node address, forwarding and source NAT for what leaves the pod range. */
export async function setUpNetwork(): Promise<string | undefined> {
  writeFileSync(forwarding, '1');
  const { code } = await run('ip', ['link', 'show', 'dev', layout.nodeLink], { allowFailure: true });
  if (code !== 0) await run('ip', ['link', 'add', layout.nodeLink, 'type', 'bridge']);
  await run('ip', ['address', 'replace', `${layout.nodeAddress}/32`, 'dev', layout.nodeLink]);
  await run('ip', ['link', 'set', layout.nodeLink, 'up']);
  // Adding before deleting makes the deletion valid whether or not the table was there.
  await run('nft', ['-f', '-'], {
    input: `table ip ${layout.natTable} {}
delete table ip ${layout.natTable}
table ip ${layout.natTable} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${layout.podRange} ip daddr != { ${layout.podRange}, ${layout.nodeAddress} } oifname != "${layout.nodeLink}" fib daddr type != local masquerade
  }
}
`,
  });
  return undefined;
}

/** Removes the links and tables of the cluster; those of pods go with their network namespaces. */
export async function tearDownNetwork(): Promise<void> {
  await run('ip', ['link', 'delete', layout.nodeLink], { allowFailure: true });
  const ours = [`ip ${layout.natTable}`, `ip ${layout.policyTable}`, 'ip kube-proxy', 'ip6 kube-proxy', 'inet cni_hostport', 'ip cni_hostport'];
  const { stdout } = await run('nft', ['list', 'tables'], { allowFailure: true });
  const present = stdout.split('\n').map((line) => line.replace(/^table /, '').trim());
  // Each lane of the tests has its own.
  const isOurs = (table: string): boolean => ours.includes(table) || table.startsWith(`ip ${layout.faultTable}`);
  for (const table of present.filter(isOurs)) await run('nft', ['delete', 'table', ...table.split(' ')]);
  // Remembered connections would otherwise be matched by those of the next cluster with the same addresses.
  for (const range of [layout.podRange, layout.serviceRange, `${layout.nodeAddress}/32`]) {
    for (const end of ['--orig-src', '--orig-dst', '--reply-src']) await run('conntrack', ['-D', end, range], { allowFailure: true });
  }
  const before = hostBefore();
  if (before) writeFileSync(forwarding, before.forwarding);
}
