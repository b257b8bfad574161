import { existsSync, readdirSync, rmSync, statfsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inState } from '../lib/paths.ts';
import { run } from '../lib/run.ts';
import { HackError } from '../lib/hack-error.ts';

const FILLER = '.filler';
const MEBIBYTE = 1024 * 1024;

/** Folder on this node of a pod's emptyDir. @throws HackError NOT_READY */
export function emptyDirFolder(podUid: string, volume: string): string {
  const folder = inState('kubelet', 'pods', podUid, 'volumes', 'kubernetes.io~empty-dir', volume);
  if (!existsSync(folder)) throw new HackError('NOT_READY', `pod ${podUid} has no volume ${volume} on this node`);
  return folder;
}

/** Folder on this node of a persistent volume. @throws HackError NOT_READY */
export function persistentVolumeFolder(volumeName: string): string {
  const folder = inState('volumes', volumeName);
  // Without a name it would be the folder of all volumes.
  if (volumeName === '' || !existsSync(folder)) throw new HackError('NOT_READY', `volume ${volumeName || 'without a name'} is not on this node`);
  return folder;
}

/**
 * Puts a file system of this size over a folder, with the folder's content in it, so that it can be filled without
 * filling the node. Pods that mounted the folder before see it only after they were made anew.
 */
export async function limitFolder(folder: string, mebibytes: number): Promise<void> {
  const { uid, gid, mode } = statSync(folder);
  const copy = `${folder}.copy`;
  await run('cp', ['-a', folder, copy]);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,uid=${uid},gid=${gid},mode=${(mode & 0o7777).toString(8)}`, 'tmpfs', folder]);
  await run('cp', ['-a', `${copy}/.`, folder]);
  rmSync(copy, { recursive: true });
}

/** Takes the limit away; what was written meanwhile stays in the folder. */
export async function unlimitFolder(folder: string): Promise<void> {
  freeFolder(folder);
  const copy = `${folder}.copy`;
  await run('cp', ['-a', folder, copy]);
  await run('umount', ['--lazy', folder]);
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  await run('cp', ['-a', `${copy}/.`, folder]);
  rmSync(copy, { recursive: true });
}

/** Leaves no byte free. Only for folders with a file system of their own. @throws HackError BAD_ARGUMENT */
export function fillFolder(folder: string): void {
  if (statSync(folder).dev === statSync(join(folder, '..')).dev) throw new HackError('BAD_ARGUMENT', `${folder} shares its file system; filling it would fill the node`);
  const path = join(folder, FILLER);
  writeFileSync(path, '');
  try {
    for (;;) writeFileSync(path, Buffer.alloc(Math.max(4096, Math.min(MEBIBYTE, freeBytes(folder)))), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

export function freeFolder(folder: string): void {
  const path = join(folder, FILLER);
  if (!existsSync(path)) return;
  truncateSync(path);
  rmSync(path);
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
