import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../lib/paths.ts';
import { hostNameServers } from './configuration.ts';
import { kubectl } from './kubectl.ts';
import { layout } from './layout.ts';

/** Applies what the cluster holds from the start: storage class, roles of its helpers, CoreDNS. */
export async function applyAddons(): Promise<void> {
  const values: Readonly<Record<string, string>> = {
    clusterDomain: layout.clusterDomain,
    corednsImage: layout.corednsImage,
    dnsAddress: layout.dnsAddress,
    forward: hostNameServers().length > 0 ? 'forward . /etc/resolv.conf' : '',
  };
  const template = readFileSync(join(repositoryRoot, 'hack', 'cluster', 'addons.yaml'), 'utf8');
  const manifest = template.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  await kubectl(['apply', '--server-side', '--force-conflicts', '--field-manager', 'collabnet-local', '-f', '-'], { input: manifest });
}
