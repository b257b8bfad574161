import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { builtImage } from '../images/build-image.ts';
import { images } from '../images/images.ts';
import { demoDir, kubectl } from './cluster.ts';
import { list } from './objects.ts';
import type { DemoInstitution } from './institutions.ts';

interface Pod {
  readonly status?: { readonly containerStatuses?: readonly { readonly imageID: string; readonly ready: boolean }[] };
}

/** Whether an institution's operator is up and runs the node image that was built last. */
export async function runsNewestImage({ namespace }: DemoInstitution): Promise<boolean> {
  const running = await operatorsOf(namespace);
  return running.length > 0 && running.every(({ ready, imageID }) => ready && isNewest(imageID));
}

/** Whether an institution's operator runs another node image than the one that was built last. */
export async function isOutdated({ namespace }: DemoInstitution): Promise<boolean> {
  const running = await operatorsOf(namespace);
  return running.some(({ imageID }) => imageID !== '' && !isNewest(imageID));
}

async function operatorsOf(namespace: string): Promise<{ readonly imageID: string; readonly ready: boolean }[]> {
  const pods = await list<Pod>(namespace, 'pods', 'app.kubernetes.io/component=operator');
  return pods.flatMap(({ status }) => status?.containerStatuses ?? []);
}

/** True as well where images come from a registry. */
function isNewest(imageId: string): boolean {
  const image = images().find(({ name }) => name.endsWith('collabnet/node:dev'));
  const newest = image && builtImage(image)?.id.replace(/^sha256:/, '');
  return newest === undefined || imageId.endsWith(newest);
}

/** Removes institutions with everything they have, and the keys of their persons. */
export async function removeInstitutions(institutions: readonly DemoInstitution[]): Promise<void> {
  const namespaces = institutions.map(({ namespace }) => namespace);
  await kubectl('default', ['delete', 'namespace', ...namespaces, '--ignore-not-found', '--timeout=180s']);
  for (const namespace of namespaces) rmSync(join(demoDir, 'keys', namespace), { recursive: true, force: true });
}
