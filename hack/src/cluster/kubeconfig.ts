import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { writeAtomic } from '../lib/files.ts';
import { certificateFile, clients, keyFile } from './certificates.ts';
import { apiUrl, configFile, files } from './layout.ts';

function base64(path: string): string {
  return readFileSync(path).toString('base64');
}

/** Path of the kubeconfig of a client of {@link clients}. */
export function kubeconfigFile(client: string): string {
  return client === 'admin' ? files.adminKubeconfig : configFile(`${client}.kubeconfig`);
}

/** Writes one self-contained kubeconfig for each client certificate. */
export function writeKubeconfigs(): void {
  for (const { file } of clients) {
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'collabnet-local',
      clusters: [{ name: 'collabnet-local', cluster: { server: apiUrl, 'certificate-authority-data': base64(certificateFile('ca')) } }],
      users: [{ name: file, user: { 'client-certificate-data': base64(certificateFile(file)), 'client-key-data': base64(keyFile(file)) } }],
      contexts: [{ name: 'collabnet-local', context: { cluster: 'collabnet-local', user: file } }],
    };
    writeAtomic(kubeconfigFile(file), stringify(content), 0o600);
  }
}
