import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { files } from '../cluster/layout.ts';
import { readIfThere, writeAtomic } from '../lib/files.ts';
import { cacheDir, inState } from '../lib/paths.ts';
import { run } from '../lib/run.ts';
import { buildah, imageFileName } from './build-image.ts';
import type { Image } from './images.ts';

function loadedStamp(image: Image): string {
  return inState('images', imageFileName(image));
}

/** Puts a built image into the cluster's containerd unless it is there. */
export async function loadImage(image: Image, id: string): Promise<boolean> {
  if (readIfThere(loadedStamp(image)) === id) return false;
  const archive = join(cacheDir, 'buildah', `${imageFileName(image)}.${process.pid}.tar`);
  mkdirSync(join(cacheDir, 'buildah'), { recursive: true });
  try {
    await buildah(['push', '--quiet', id, `docker-archive:${archive}:${image.name}`]);
    await run('ctr', ['--address', files.containerdSocket, '-n', 'k8s.io', 'images', 'import', archive]);
    writeAtomic(loadedStamp(image), id);
  } finally {
    rmSync(archive, { force: true });
  }
  return true;
}

/** Pushes a built image below `registry` (for a cluster that is not the local one) and returns its name there. */
export async function pushImage(image: Image, id: string, registry: string): Promise<string> {
  const name = `${registry.replace(/\/$/, '')}/${image.name.replace(/^[^/]+\//, '')}`;
  await buildah(['push', '--quiet', id, `docker://${name}`]);
  return name;
}
