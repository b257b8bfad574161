import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sm3Hex } from '@collabnet/sm';

/** Not rules: tests, test builders and this file. */
const LEFT_OUT = ['testing', 'bundle'];

/**
 * Digest of the compiled rules that this process runs: SM3 over path and SM3 of every module, sorted by path. Two nodes
 * with one digest run the same rules; the version number alone would not show a changed file.
 *
 * @returns 64 hex digits
 */
export function contractsBundleDigest(): string {
  const root = join(import.meta.dirname, '..');
  const lines = modules(root, '').map((path) => `${path} ${sm3Hex(readFileSync(join(root, path)))}`);
  return sm3Hex(lines.sort().join('\n'));
}

function modules(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return folder === '' && LEFT_OUT.includes(entry.name) ? [] : modules(root, path);
    return path.endsWith('.js') && !path.endsWith('.test.js') ? [path] : [];
  });
}
