import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

let known: string | undefined;

/**
 * SHA-256 over the compiled contracts of this process, 64 hexadecimal digits. Operator and chaincode run from one image,
 * so it is the digest of what the chaincode runs. Members compare it in the definition that they approve.
 */
export function contractsDigest(): string {
  known ??= digestOfFolder(dirname(fileURLToPath(import.meta.resolve('@collabnet/contracts'))));
  return known;
}

/** Paths and contents of all modules below a folder, without tests, which are not shipped. */
export function digestOfFolder(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js') && !entry.name.endsWith('.test.js'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('testing/'))
    .sort();
  const hash = createHash('sha256');
  for (const path of files) hash.update(`${path}\0`).update(createHash('sha256').update(readFileSync(join(folder, path))).digest());
  return hash.digest('hex');
}
