import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** One complete snapshot of a channel. */
export interface Snapshot {
  readonly channel: string;
  /** Number of the newest block in it. */
  readonly block: number;
  readonly folder: string;
  /** When it was complete, epoch ms. */
  readonly time: number;
  readonly bytes: number;
}

/** Fabric moves a snapshot here once it is complete, under `<channel>/<block>`. */
const COMPLETED = 'completed';
/** Hashes of the other files, by name. */
const METADATA = '_snapshot_signable_metadata.json';

const metadataSchema = z.object({ snapshot_files_raw_hashes: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)) });

/** The complete snapshots below a peer's snapshot folder, oldest first. */
export async function readSnapshots(root: string): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  for (const channel of await folders(join(root, COMPLETED))) {
    for (const name of await folders(join(root, COMPLETED, channel))) {
      if (!/^\d+$/.test(name)) continue;
      const folder = join(root, COMPLETED, channel, name);
      const files = await Promise.all((await readdir(folder)).map((file) => stat(join(folder, file))));
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      snapshots.push({ channel, block: Number(name), folder, time: Math.max(0, ...files.map(({ mtimeMs }) => mtimeMs)), bytes });
    }
  }
  return snapshots.sort((one, other) => one.block - other.block);
}

/**
 * Compares the files of a snapshot with the hashes that the peer wrote beside them: a disk that loses octets must not be
 * found out by whoever needs the backup.
 *
 * @returns what is wrong, undefined when nothing is
 */
export async function damageOf({ folder }: Pick<Snapshot, 'folder'>): Promise<string | undefined> {
  try {
    const { snapshot_files_raw_hashes: hashes } = metadataSchema.parse(JSON.parse(await readFile(join(folder, METADATA), 'utf8')));
    for (const [file, expected] of Object.entries(hashes)) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(join(folder, file)), hash);
      if (hash.digest('hex') !== expected) return `${file} has another hash than ${METADATA} says`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Names of the folders in a folder; none when it does not exist yet. */
async function folders(path: string): Promise<string[]> {
  try {
    return (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
