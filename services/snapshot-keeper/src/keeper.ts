import { rm, statfs } from 'node:fs/promises';
import { damageOf, readSnapshots, type Snapshot } from './read-snapshots.ts';

/** What the keeper found at its last look. */
export interface KeeperView {
  /** Intact ones, oldest first. */
  readonly intact: readonly Snapshot[];
  /** Ones whose files do not fit their hashes; they are left for people to look at. */
  readonly damaged: readonly { readonly snapshot: Snapshot; readonly damage: string }[];
  /** Bytes of the volume. */
  readonly volume: { readonly size: number; readonly available: number };
}

/** Checks the snapshots of a peer and deletes the oldest. Each is read once: a snapshot is never changed. */
export class Keeper {
  readonly #root: string;
  readonly #keep: number;
  readonly #checked = new Map<string, string | undefined>();

  /** @param keep intact snapshots of each channel that stay */
  constructor(root: string, keep: number) {
    this.#root = root;
    this.#keep = keep;
  }

  /** Looks at the folder. @throws the error of the file system, such as for a volume that is gone */
  async look(): Promise<KeeperView> {
    const found = await readSnapshots(this.#root);
    const damaged: { snapshot: Snapshot; damage: string }[] = [];
    const intact: Snapshot[] = [];
    for (const snapshot of found) {
      const { folder } = snapshot;
      if (!this.#checked.has(folder)) this.#checked.set(folder, await damageOf(snapshot));
      const damage = this.#checked.get(folder);
      if (damage === undefined) intact.push(snapshot);
      else damaged.push({ snapshot, damage });
    }
    const old = intact.filter(({ channel, block }) => intact.filter((other) => other.channel === channel && other.block > block).length >= this.#keep);
    for (const { folder } of old) await rm(folder, { recursive: true, force: true });
    const { bsize, blocks, bavail } = await statfs(this.#root);
    return { intact: intact.filter((snapshot) => !old.includes(snapshot)), damaged, volume: { size: blocks * bsize, available: bavail * bsize } };
  }
}
