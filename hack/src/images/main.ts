import { foreignKubeconfig } from '../cluster/foreign-cluster.ts';
import { isClusterRunning } from '../cluster/status.ts';
import { HackError } from '../lib/hack-error.ts';
import { runMain } from '../lib/main-guard.ts';
import { runSteps, say, totalTime } from '../lib/progress.ts';
import { baseOf, buildImage } from './build-image.ts';
import { images, type Image } from './images.ts';
import { loadImage, pushImage } from './load-image.ts';

async function buildAndLoad(image: Image, registry: string | undefined): Promise<string> {
  const { built, id } = await buildImage(image);
  const state = `${built ? 'built' : 'unchanged'} ${id.slice(0, 12)}`;
  if (image.role !== 'product') return state;
  if (registry !== undefined) return `${state}, pushed as ${await pushImage(image, id, registry)}`;
  if (!isClusterRunning()) return `${state}, not loaded: the cluster is down`;
  return `${state}, ${(await loadImage(image, id)) ? 'loaded' : 'in the cluster'}`;
}

/** Names of an image and of all that it is built on. */
function withBases(image: Image): string[] {
  const base = baseOf(image);
  return [image.name, ...(base ? withBases(base) : [])];
}

runMain(async () => {
  const registry = process.env['IMAGE_REGISTRY'] || undefined;
  const foreign = foreignKubeconfig();
  if (foreign !== undefined && registry === undefined) {
    throw new HackError(
      'FOREIGN_CLUSTER',
      `KUBECONFIG names a cluster that is not the local one (${foreign}): set IMAGE_REGISTRY=host/path to push the images where it can pull them`,
    );
  }
  // Names after the options choose images: `node hack/src/images/main.ts node`.
  const wanted = process.argv.slice(2);
  const all = images().filter((image) => image.role !== 'cluster');
  const named = all.filter((image) => (wanted.length === 0 ? !image.onDemand : wanted.some((word) => image.name.includes(`/${word}:`))));
  const needed = new Set(named.flatMap(withBases));
  const chosen = all.filter((image) => needed.has(image.name));
  await runSteps(chosen.map((image) => ({ title: image.name, work: () => buildAndLoad(image, registry) })));
  say(`images are ready (${totalTime()})`);
});
