import { inState } from '../lib/paths.ts';

/** Addresses and names of the local cluster. The ranges avoid the usual private networks of offices and clouds. */
export const layout = {
  nodeName: 'collabnet-local',
  /** A bridge without ports that carries the node address; there is no `dummy` link type everywhere. */
  nodeLink: 'collabnet0',
  nodeAddress: '10.211.255.1',
  apiPort: 6443,
  etcdPort: 12379,
  podRange: '10.211.0.0/22',
  serviceRange: '10.212.0.0/16',
  apiServiceAddress: '10.212.0.1',
  dnsAddress: '10.212.0.10',
  clusterDomain: 'cluster.local',
  cgroup: 'collabnet',
  cniNetwork: 'collabnet-pods',
  natTable: 'collabnet_nat',
  policyTable: 'collabnet_policy',
  /** Of tests that lose packets; see hack/src/faults. */
  faultTable: 'collabnet_fault',
  pauseImage: 'localhost/collabnet-local/pause:dev',
  corednsImage: 'localhost/collabnet-local/coredns:dev',
} as const;

export const apiUrl = `https://${layout.nodeAddress}:${layout.apiPort}`;

/** Files of the cluster, all below the state folder. */
export const files = {
  adminKubeconfig: inState('kubeconfig'),
  pki: inState('pki'),
  config: inState('config'),
  logs: inState('logs'),
  pids: inState('pids'),
  containerdSocket: inState('run', 'containerd.sock'),
  policySocket: inState('run', 'policy.sock'),
  before: inState('before.json'),
} as const;

/** Path of a generated configuration file. */
export function configFile(name: string): string {
  return `${files.config}/${name}`;
}
