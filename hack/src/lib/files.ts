import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from './paths.ts';

/** Writes a file by renaming, so that a reader never sees half of it. Makes missing folders. */
export function writeAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode });
  renameSync(temporary, path);
}

/** Content of a text file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Every file below `root` as sorted paths, without those for which `skip` holds. */
export function listFiles(root: string, skip: (name: string) => boolean = () => false): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => !skip(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(root, entry.name), skip) : [join(root, entry.name)]))
    .sort();
}

/** SHA-256 over names and contents of the files, as 64 hexadecimal digits; the same in every checkout of the same files. */
export function hashFiles(paths: readonly string[], ...extra: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${relative(repositoryRoot, path)}\0`).update(readFileSync(path)).update('\0');
  for (const text of extra) hash.update(text).update('\0');
  return hash.digest('hex');
}

/** Like {@link hashFiles} but for big files: name, size and modification time instead of the content. */
export function hashFileTimes(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex');
}
