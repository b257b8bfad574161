import { join } from 'node:path';
import { inState, repositoryRoot } from '../lib/paths.ts';
import { tool } from '../setup/build-tools.ts';
import { certificateFile, keyFile } from './certificates.ts';
import { kubeconfigFile } from './kubeconfig.ts';
import { configFile, files, layout } from './layout.ts';
import type { Program } from './process.ts';

const etcdUrl = `https://127.0.0.1:${layout.etcdPort}`;
const etcdPeerUrl = `http://127.0.0.1:${layout.etcdPort + 1}`;
const issuer = `https://kubernetes.default.svc.${layout.clusterDomain}`;

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

const containerd = (): Program => ({ name: 'containerd', command: 'containerd', args: ['--config', configFile('containerd.toml')] });

const etcd = (): Program => ({
  name: 'etcd',
  command: tool('etcd'),
  args: [
    ...flags({
      name: layout.nodeName,
      'data-dir': inState('etcd'),
      'listen-client-urls': etcdUrl,
      'advertise-client-urls': etcdUrl,
      'listen-peer-urls': etcdPeerUrl,
      'initial-advertise-peer-urls': etcdPeerUrl,
      'initial-cluster': `${layout.nodeName}=${etcdPeerUrl}`,
      'client-cert-auth': 'true',
      'trusted-ca-file': certificateFile('etcd-ca'),
      'cert-file': certificateFile('etcd'),
      'key-file': keyFile('etcd'),
      'quota-backend-bytes': String(4 * 1024 ** 3),
      'log-level': 'warn',
    }),
    // Losing the last writes in a power cut is fine for a cluster that is made anew in a minute.
    '--unsafe-no-fsync',
  ],
});

const apiserver = (): Program => ({
  name: 'kube-apiserver',
  command: tool('kube-apiserver'),
  args: flags({
    'advertise-address': layout.nodeAddress,
    'bind-address': layout.nodeAddress,
    'secure-port': String(layout.apiPort),
    'service-cluster-ip-range': layout.serviceRange,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction,PodSecurity,ValidatingAdmissionPolicy',
    'allow-privileged': 'true',
    'client-ca-file': certificateFile('ca'),
    'tls-cert-file': certificateFile('apiserver'),
    'tls-private-key-file': keyFile('apiserver'),
    'kubelet-certificate-authority': certificateFile('ca'),
    'kubelet-client-certificate': certificateFile('apiserver-kubelet-client'),
    'kubelet-client-key': keyFile('apiserver-kubelet-client'),
    'kubelet-preferred-address-types': 'InternalIP',
    'etcd-servers': etcdUrl,
    'etcd-cafile': certificateFile('etcd-ca'),
    'etcd-certfile': certificateFile('apiserver-etcd-client'),
    'etcd-keyfile': keyFile('apiserver-etcd-client'),
    'service-account-issuer': issuer,
    'service-account-key-file': join(files.pki, 'service-account.pub'),
    'service-account-signing-key-file': keyFile('service-account'),
  }),
});

const controllerManager = (): Program => ({
  name: 'kube-controller-manager',
  command: tool('kube-controller-manager'),
  args: flags({
    kubeconfig: kubeconfigFile('controller-manager'),
    'bind-address': '127.0.0.1',
    'leader-elect': 'false',
    'use-service-account-credentials': 'true',
    'root-ca-file': certificateFile('ca'),
    'service-account-private-key-file': keyFile('service-account'),
    'cluster-signing-cert-file': certificateFile('ca'),
    'cluster-signing-key-file': keyFile('ca'),
    'cert-dir': inState('run', 'controller-manager'),
    // Many short-lived namespaces and jobs come and go in the end-to-end suites.
    'concurrent-namespace-syncs': '20',
    'kube-api-qps': '100',
    'kube-api-burst': '200',
  }),
});

const scheduler = (): Program => ({
  name: 'kube-scheduler',
  command: tool('kube-scheduler'),
  args: flags({
    kubeconfig: kubeconfigFile('scheduler'),
    'bind-address': '127.0.0.1',
    'leader-elect': 'false',
    'cert-dir': inState('run', 'scheduler'),
  }),
});

const networkPolicy = (): Program => ({
  name: 'network-policy',
  command: process.execPath,
  args: [join(repositoryRoot, 'hack', 'src', 'network-policy', 'main.ts'), kubeconfigFile('network-policy'), files.policySocket],
  env: { NODE_OPTIONS: '--max-old-space-size=128', COLLABNET_CLUSTER_DIR: inState() },
});

const kubelet = (): Program => ({
  name: 'kubelet',
  command: tool('kubelet'),
  args: flags({
    config: configFile('kubelet.yaml'),
    kubeconfig: kubeconfigFile('kubelet'),
    'root-dir': inState('kubelet'),
    'cert-dir': inState('run', 'kubelet'),
    'hostname-override': layout.nodeName,
    'node-ip': layout.nodeAddress,
  }),
});

const kubeProxy = (): Program => ({ name: 'kube-proxy', command: tool('kube-proxy'), args: flags({ config: configFile('kube-proxy.yaml') }) });

const storage = (): Program => ({
  name: 'storage-provisioner',
  command: tool('storage-provisioner'),
  args: flags({ kubeconfig: kubeconfigFile('storage'), root: inState('volumes'), node: layout.nodeName }),
});

/** The programs of the cluster by name. Built when asked for, because paths come from the tool cache. */
export const components = {
  containerd,
  etcd,
  'kube-apiserver': apiserver,
  'network-policy': networkPolicy,
  'kube-controller-manager': controllerManager,
  'kube-scheduler': scheduler,
  kubelet,
  'kube-proxy': kubeProxy,
  'storage-provisioner': storage,
} as const satisfies Readonly<Record<string, () => Program>>;

export type ComponentName = keyof typeof components;

/** Names in the order of starting; stopping goes the other way. */
export const componentNames = Object.keys(components) as ComponentName[];
