import { join } from 'node:path';
import { hashFiles, listFiles } from '../lib/files.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { versions } from './versions.ts';

export interface ToolSet {
  /** Folder below {@link root} that holds go.mod and go.sum. */
  readonly folder: string;
  /** hack/tools, if absent. */
  readonly root?: string;
  readonly version: string;
  /** Binary name to Go package. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Values burned in by the linker. */
  readonly linkerValues?: Readonly<Record<string, string>>;
}

const toolsRoot = join(repositoryRoot, 'hack', 'tools');
const [kubernetesMajor = '', kubernetesMinor = ''] = versions.kubernetes.split('.');
const kubernetesVersionPackage = 'k8s.io/component-base/version';
const fabricPackage = 'github.com/hyperledger/fabric';
const cniPackage = 'github.com/containernetworking/plugins/plugins';

function kubernetesBinaries(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]));
}

/** Own programs have no release: their version is the digest of their sources. */
function sourceVersion(folder: string, root = toolsRoot): string {
  return hashFiles(listFiles(join(root, folder)).filter((path) => /(?<!_test)\.go$|\/go\.(mod|sum)$/.test(path))).slice(0, 12);
}

/** Path of the Go module of a tool set. */
export function toolSetPath(set: ToolSet): string {
  return join(set.root ?? toolsRoot, set.folder);
}

const engines = join(repositoryRoot, 'compute-images');

/** The engine `sets`, in the image `collabnet/engine-sets`. */
export const engineSetsSet: ToolSet = { folder: 'sets', root: engines, version: sourceVersion('sets', engines), binaries: { 'engine-sets': './cmd/engine' } };

/** Compiled by what needs it: `make bench-scale`, which compares with it, and the tests of a network whose certificates it issues. */
export function certManagerSet(): ToolSet {
  return { folder: 'cert-manager', version: sourceVersion('cert-manager'), binaries: { 'cert-manager-controller': '.' } };
}

/**
 * Hyperledger Fabric and the external builder of its peers. Compiled by what needs them (tests of the Fabric ledger, the
 * image `collabnet/fabric`): two minutes that a machine with the embedded ledger does not have to pay.
 */
export function fabricSets(): readonly ToolSet[] {
  const commands = ['peer', 'orderer', 'configtxgen', 'configtxlator', 'osnadmin'];
  return [
    {
      folder: 'fabric',
      version: versions.fabric,
      binaries: Object.fromEntries(commands.map((name) => [name, `${fabricPackage}/cmd/${name}`])),
      linkerValues: {
        [`${fabricPackage}/common/metadata.Version`]: versions.fabric,
        // First digits of the commit in the pseudo-version of go.mod.
        [`${fabricPackage}/common/metadata.CommitSHA`]: '7c3876255',
      },
    },
    { folder: 'fabric-builder', version: sourceVersion('fabric-builder'), binaries: { 'ccaas-builder': '.' } },
  ];
}

/** Everything that `make setup` compiles, in the order in which it is compiled (the longest first). */
export function toolSets(): readonly ToolSet[] {
  return [
    {
      folder: 'kubernetes',
      version: versions.kubernetes,
      binaries: kubernetesBinaries('kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'),
      linkerValues: {
        [`${kubernetesVersionPackage}.gitVersion`]: `v${versions.kubernetes}`,
        [`${kubernetesVersionPackage}.gitMajor`]: kubernetesMajor,
        [`${kubernetesVersionPackage}.gitMinor`]: kubernetesMinor,
        [`${kubernetesVersionPackage}.gitTreeState`]: 'clean',
      },
    },
    { folder: 'etcd', version: versions.etcd, binaries: { etcd: 'go.etcd.io/etcd/server/v3' } },
    {
      folder: 'cni',
      version: versions.cniPlugins,
      binaries: {
        ptp: `${cniPackage}/main/ptp`,
        loopback: `${cniPackage}/main/loopback`,
        'host-local': `${cniPackage}/ipam/host-local`,
        portmap: `${cniPackage}/meta/portmap`,
      },
    },
    {
      folder: 'cluster-helpers',
      version: sourceVersion('cluster-helpers'),
      binaries: { pause: './pause', 'storage-provisioner': './storage-provisioner', 'policy-gate': './policy-gate' },
    },
    { folder: 'coredns', version: versions.coredns, binaries: { coredns: '.' } },
    { folder: 'nats-server', version: versions.natsServer, binaries: { 'nats-server': 'github.com/nats-io/nats-server/v2' } },
    { folder: 'helm', version: versions.helm, binaries: { helm: 'helm.sh/helm/v4/cmd/helm' } },
    engineSetsSet,
  ];
}
