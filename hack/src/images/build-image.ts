import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, writeAtomic } from '../lib/files.ts';
import { cacheDir } from '../lib/paths.ts';
import { run, type RunOptions, type RunResult } from '../lib/run.ts';
import { images, type Image } from './images.ts';

const storage = join(cacheDir, 'buildah');

/** buildah with a storage of its own, so that it needs no service and leaves that of the user alone. */
export function buildah(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run('buildah', ['--root', join(storage, 'root'), '--runroot', join(storage, 'run'), '--storage-driver', 'overlay', ...args], {
    ...options,
    env: { BUILDAH_ISOLATION: 'chroot' },
  });
}

const stampShape = z.object({ key: z.string(), id: z.string() });
export type BuiltImage = z.infer<typeof stampShape>;

/** File name that stands for an image name. */
export function imageFileName(image: Image): string {
  return image.name.replaceAll(/[/:]/g, '_');
}

function stampPath(image: Image): string {
  return join(storage, 'stamps', `${imageFileName(image)}.json`);
}

/** What an image is built from, as one digest: its own inputs, its Dockerfile and its base. */
export function imageKey(image: Image): string {
  const base = baseOf(image);
  const hash = createHash('sha256').update(readFileSync(image.dockerfile)).update(image.key());
  return hash.update(base ? imageKey(base) : '').digest('hex');
}

/** The image that another one is built on, if it is one of ours. */
export function baseOf(image: Image): Image | undefined {
  return image.base === undefined ? undefined : images().find(({ name }) => name === `localhost/${image.base}:dev`);
}

/** What was built last under this name. */
export function builtImage(image: Image): BuiltImage | undefined {
  const text = readIfThere(stampPath(image));
  return text === undefined ? undefined : stampShape.parse(JSON.parse(text));
}

async function isStored(id: string): Promise<boolean> {
  const { code } = await buildah(['inspect', '--type', 'image', '--format', '{{.FromImageID}}', id], { allowFailure: true });
  return code === 0;
}

/** Builds an image unless nothing that goes into it has changed. */
export async function buildImage(image: Image): Promise<{ readonly built: boolean; readonly id: string }> {
  const key = imageKey(image);
  const before = builtImage(image);
  if (before?.key === key && (await isStored(before.id))) return { built: false, id: before.id };
  mkdirSync(storage, { recursive: true });
  const context = mkdtempSync(join(storage, '.context-'));
  try {
    await image.fill(context);
    const base = baseOf(image);
    const extra = Object.entries(image.contexts ?? {}).flatMap(([name, path]) => ['--build-context', `${name}=${path}`]);
    const options = ['--layers', '--quiet', '--format', 'docker', '--timestamp', '0', ...(base ? ['--build-arg', `BASE=${base.name}`] : []), ...extra];
    const { stdout } = await buildah(['bud', ...options, '-t', image.name, '-f', image.dockerfile, context]);
    const id = stdout.trim().split('\n').at(-1) ?? '';
    writeAtomic(stampPath(image), JSON.stringify({ key, id } satisfies BuiltImage));
    // Without this the storage would grow with every change; what others are built on stays by itself.
    if (before && before.id !== id) await buildah(['rmi', before.id], { allowFailure: true });
    return { built: true, id };
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
