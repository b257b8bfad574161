import { apiServerAddress } from './api-server.ts';
import { helm, kubectl, lockedHelm } from './cluster.ts';
import { apply } from './objects.ts';
import { INSTITUTIONS, SUPERVISOR, type DemoInstitution } from './institutions.ts';
import { ledgerDriver } from './ledger.ts';

/** Installs the CRDs, once per cluster. CRDs survive an uninstall, so an earlier release of another name may own them. */
export async function installCrds(): Promise<void> {
  // Helm refuses a second one while the first is at work.
  await lockedHelm(['upgrade', '--install', 'collabnet-crds', 'charts/collabnet-crds', '--namespace', 'collabnet-system', '--create-namespace', '--take-ownership', '--wait']);
}

/**
 * Installs one institution into its own namespace, under Pod Security `restricted`.
 *
 * @param hub hosts the network's hub
 * @param neighbours namespaces of all institutions, whose Fabric nodes it reaches
 */
export async function installInstitution(institution: DemoInstitution, hub: DemoInstitution = SUPERVISOR, neighbours: readonly string[] = INSTITUTIONS.map((each) => each.namespace)): Promise<void> {
  const { namespace, hostsHub } = institution;
  await apply('default', [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
  ]);
  const { cidr, port } = await apiServerAddress();
  const values = ['sharedCluster=true', `networkPolicy.apiServer.cidrs={${cidr}}`, `networkPolicy.apiServer.port=${port}`];
  if (hostsHub) values.push('hub.enabled=true');
  else values.push(`networkPolicy.hub.namespace=${hub.namespace}`);
  if (ledgerDriver() === 'fabric') values.push(`networkPolicy.fabric.namespaces={${neighbours.filter((each) => each !== namespace).join(',')}}`);
  await helm(['upgrade', '--install', 'institution', 'charts/institution', '--namespace', namespace, ...values.flatMap((value) => ['--set', value])]);
}

/** Waits for the operators. */
export async function operatorsReady(institutions: readonly DemoInstitution[]): Promise<void> {
  await Promise.all(institutions.map(({ namespace }) => kubectl(namespace, ['rollout', 'status', 'deployment/operator', '--timeout=180s'])));
}
