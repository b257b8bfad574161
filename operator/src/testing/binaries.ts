import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder of the built tools: `COLLABNET_BIN`, else where `make setup` puts them. */
function binaryFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return process.env['COLLABNET_BIN'] || join(cache, 'collabnet', 'bin');
}

/**
 * Path of a built tool: `<name>`, `current/<name>` or the newest `<name>-<version>`.
 *
 * @throws Error that says to run `make setup`
 */
export function findBinary(name: string): string {
  const folder = binaryFolder();
  for (const plain of [join(folder, 'current', name), join(folder, name)]) if (existsSync(plain)) return plain;
  const versioned = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.startsWith(`${name}-`) && /^\d/.test(file.slice(name.length + 1)))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const newest = versioned.at(-1);
  if (!newest) throw new Error(`${name} is not in ${folder}: run make setup, or set COLLABNET_BIN`);
  return join(folder, newest);
}
