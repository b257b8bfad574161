import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Root of the checkout. The same from `src/lib` and from `dist/lib`. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** Folder for what only a new machine should pay for: built binaries, wheels, base images. */
export const cacheDir = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'collabnet');

/** Versioned binaries (`<name>-<version>`) and, in `bin/current`, plain names for PATH. */
export const binDir = join(cacheDir, 'bin');
export const currentBinDir = join(binDir, 'current');
export const wheelsDir = join(cacheDir, 'wheels');
/** Definitions of cert-manager's kinds, once it was compiled. */
export const certManagerResources = join(cacheDir, 'cert-manager-crds');

/** Everything that the local cluster writes lies below this folder. */
export const stateDir = process.env['COLLABNET_CLUSTER_DIR'] || '/var/lib/collabnet-cluster';

/** Path inside the state folder of the cluster. */
export function inState(...parts: readonly string[]): string {
  return join(stateDir, ...parts);
}
