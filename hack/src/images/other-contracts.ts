import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { HackError } from '../lib/hack-error.ts';
import { buildImage } from './build-image.ts';
import { images } from './images.ts';
import { loadImage } from './load-image.ts';

const TAG = 'next';

/**
 * Loads a node image with another build of the contracts into the local cluster, to try their upgrade: the same rules with
 * another digest, which is what members agree on.
 *
 * @returns its tag
 */
export async function loadOtherContracts(): Promise<string> {
  const node = images().find(({ name }) => name === 'docker.io/collabnet/node:dev');
  if (node === undefined) throw new HackError('NOT_READY', 'there is no image of the node');
  const image = {
    ...node,
    name: node.name.replace(/dev$/, TAG),
    key: () => `${node.key()} with other contracts`,
    fill: async (context: string) => {
      await node.fill(context);
      appendFileSync(join(context, 'app', 'contracts', 'dist', 'version.js'), '\n// Another build of the same rules.\n');
    },
  };
  const { id } = await buildImage(image);
  await loadImage(image, id);
  return TAG;
}
