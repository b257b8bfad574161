import { createHash } from 'node:crypto';
import type { NodeMaterial } from './node-plan.ts';

/** The node's own identity has the name that certificates have in other Secrets. */
const IDENTITY: Readonly<Record<string, string>> = { 'signcerts/cert.pem': 'identity.crt', 'keystore/key.pem': 'identity.key' };

/** Keys of a Secret have no slash; the path comes back with the mount. */
function keyOf(path: string): string {
  return IDENTITY[path] ?? `msp_${path.replaceAll('/', '_')}`;
}

/** Values of a node's Secret: TLS under the usual names, its identity, and each other file of the local MSP under a key of its own. */
export function materialSecret({ msp, tls }: { msp: NodeMaterial['msp']; tls: Readonly<Record<string, string>> }): Record<string, string> {
  return { ...tls, ...Object.fromEntries(Object.entries(msp).map(([path, content]) => [keyOf(path), content])) };
}

/** The volumes `msp` and `tls` that make folders of that Secret again. */
export function materialVolumes(secretName: string, { msp, tls }: NodeMaterial): object[] {
  const volume = (name: string, items: { key: string; path: string }[]): object => ({ name, secret: { secretName, defaultMode: 0o440, items } });
  return [
    volume('msp', Object.keys(msp).sort().map((path) => ({ key: keyOf(path), path }))),
    volume('tls', Object.keys(tls).sort().map((path) => ({ key: path, path }))),
  ];
}

/**
 * Digest of what a node reads only when it starts, for an annotation of its pod: a renewed certificate or a changed
 * configuration then restarts it. It gives nothing away: the keys in it are random.
 */
export function startDigest({ msp, tls }: NodeMaterial, configuration: string): string {
  const sorted = (files: Readonly<Record<string, string>>): [string, string][] => Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify([sorted(msp), sorted(tls), configuration])).digest('hex').slice(0, 32);
}
