import { existsSync, globSync, lstatSync, readFileSync, readdirSync, readlinkSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { HackError } from '../lib/hack-error.ts';
import { inState, stateDir } from '../lib/paths.ts';
import { runSteps, say, totalTime } from '../lib/progress.ts';
import { run, waitFor } from '../lib/run.ts';
import { podProcesses, removeCgroups } from './cgroups.ts';
import { componentNames } from './components.ts';
import { hostBefore, tearDownNetwork } from './host-network.ts';
import { files, layout } from './layout.ts';
import { stop } from './process.ts';

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself since it was listed.
  }
}

/** Pids of the shims of this cluster: those that were given its containerd socket. */
function shims(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0]?.endsWith('containerd-shim-runc-v2') && words[words.indexOf('-address') + 1] === files.containerdSocket;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Sockets that containerd keeps outside its state folder, one for each shim. */
function shimSockets(): string[] {
  const notes = globSync(inState('run', 'containerd', 'io.containerd.runtime.v2.task', '*', '*', 'address'));
  return notes.map((note) => readFileSync(note, 'utf8').trim().replace(/^unix:\/\//, ''));
}

/** Ends every pod process and shim. Whoever is in the cluster's own cgroup belongs to it. */
async function endPods(): Promise<string> {
  const sockets = shimSockets();
  const found = podProcesses().length;
  await waitFor(
    'the end of all pod processes',
    () => {
      // Shims go last: they reap what was killed.
      const pids = podProcesses();
      const rest = pids.filter((pid) => !shims().includes(pid));
      (rest.length > 0 ? rest : shims()).forEach(killQuietly);
      return pids.length === 0 && shims().length === 0;
    },
    30_000,
    50,
  );
  for (const socket of sockets) rmSync(socket, { force: true });
  return `${found} processes ended`;
}

function mountsBelow(folder: string): string[] {
  const points = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map((line) => line.split(' ')[4] ?? '');
  return points.map((point) => point.replaceAll('\\040', ' ')).filter((point) => point.startsWith(`${folder}/`));
}

async function unmountAll(): Promise<void> {
  // The latest mount first, because a mount may lie on another.
  for (const point of mountsBelow(stateDir).reverse()) await run('umount', [point], { allowFailure: true });
  const left = mountsBelow(stateDir);
  // Deleting below a mount would delete what is mounted there.
  if (left.length > 0) throw new HackError('NOT_READY', `still mounted, so the state is kept: ${left.join(', ')}`);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Removes what kubelet and containerd wrote outside the state folder. */
function removeForeignFiles(): void {
  for (const link of globSync('/var/log/containers/*.log')) {
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${stateDir}/`)) rmSync(link);
  }
  for (const result of globSync(`/var/lib/cni/results/${layout.cniNetwork}-*`)) rmSync(result);
  for (const result of globSync('/var/lib/cni/results/cni-loopback-*')) rmSync(result);
  removeIfEmpty('/var/lib/cni/results');
  const made = hostBefore()?.madeFolders ?? [];
  for (const folder of made) {
    // The kubelet's own bookkeeping for device plugins; nothing else may lie there.
    if (folder === '/var/lib/kubelet') rmSync(join(folder, 'device-plugins'), { recursive: true, force: true });
    if (folder === '/run/containerd') ['s', 'fifo'].forEach((name) => removeIfEmpty(join(folder, name)));
    removeIfEmpty(folder);
  }
}

/** Ends the local cluster and removes all that it left on the host. */
export async function clusterDown(): Promise<void> {
  if (!existsSync(files.before)) {
    say('there is no local cluster');
    return;
  }
  await runSteps([
    {
      title: 'programs',
      work: async () => {
        for (const name of [...componentNames].reverse()) await stop(name);
        return undefined;
      },
    },
    { title: 'pods', work: endPods },
    { title: 'mounts', work: async () => unmountAll().then(() => undefined) },
    { title: 'links and rules', work: async () => tearDownNetwork().then(() => undefined) },
    {
      title: 'cgroups and files',
      work: async () => {
        removeCgroups();
        removeForeignFiles();
        rmSync(stateDir, { recursive: true, force: true });
        return Promise.resolve(undefined);
      },
    },
  ]);
  say(`the cluster is gone (${totalTime()})`);
}
