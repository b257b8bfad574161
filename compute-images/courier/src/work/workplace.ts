import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder that courier and engine share. Only `engine`, `in` and `out` are the engine's business. */
export class Workplace {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  in(name: string): string {
    return join(this.root, 'in', name);
  }

  out(name: string): string {
    return join(this.root, 'out', name);
  }

  engine(name: string): string {
    return join(this.root, 'engine', name);
  }

  courier(name: string): string {
    return join(this.root, 'courier', name);
  }

  async open(): Promise<void> {
    for (const folder of ['in', 'out', 'engine', 'courier']) await mkdir(join(this.root, folder), { recursive: true });
  }

  /** Unlinks everything that holds data. What the engine still watches, and the courier's own marks, stay. */
  async wipe(): Promise<void> {
    await rm(join(this.root, 'in'), { recursive: true, force: true });
    await rm(join(this.root, 'out'), { recursive: true, force: true });
    await rm(this.courier('rows.csv'), { force: true });
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Atomic: a reader sees nothing or all of it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, JSON.stringify(value));
  await rename(temporary, path);
}

/** Content of a JSON file, undefined while it is not there. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
