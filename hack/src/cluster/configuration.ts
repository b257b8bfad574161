import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomic } from '../lib/files.ts';
import { inState } from '../lib/paths.ts';
import { tool } from '../setup/build-tools.ts';
import { certificateFile, keyFile } from './certificates.ts';
import { kubeconfigFile } from './kubeconfig.ts';
import { configFile, files, layout } from './layout.ts';

export const cniBinDir = inState('cni', 'bin');
export const cniConfDir = inState('cni', 'conf');

/** containerd with its own folders. `restrict_oom_score_adj` serves machines without CAP_SYS_RESOURCE. */
function containerdConfig(): string {
  const text = JSON.stringify;
  return `version = 2
root = ${text(inState('containerd'))}
state = ${text(inState('run', 'containerd'))}
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[grpc]
  address = ${text(files.containerdSocket)}

[plugins."io.containerd.internal.v1.opt"]
  path = ${text(inState('containerd', 'opt'))}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(layout.pauseImage)}
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(cniBinDir)}
    conf_dir = ${text(cniConfDir)}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    discard_unpacked_layers = false
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = ${text(inState('run', 'runc'))}
        SystemdCgroup = false
`;
}

/**
 * `ptp` routes every packet of a pod through the host, also between pods of this node, so that the
 * forward hook of nftables sees it; on a bridge the kernel would pass such packets by.
 */
function cniConfig(): unknown {
  return {
    cniVersion: '1.0.0',
    name: layout.cniNetwork,
    plugins: [
      { type: 'ptp', ipMasq: false, ipam: { type: 'host-local', dataDir: inState('cni', 'addresses'), ranges: [[{ subnet: layout.podRange }]], routes: [{ dst: '0.0.0.0/0' }] } },
      { type: 'portmap', backend: 'nftables', capabilities: { portMappings: true } },
      { type: 'policy-gate', socket: files.policySocket },
    ],
  };
}

function kubeletConfig(): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: layout.nodeAddress,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: certificateFile('ca') } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: certificateFile('kubelet-server'),
    tlsPrivateKeyFile: keyFile('kubelet-server'),
    containerRuntimeEndpoint: `unix://${files.containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${layout.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [layout.dnsAddress],
    clusterDomain: layout.clusterDomain,
    resolvConf: configFile('resolv.conf'),
    podLogsDir: inState('pod-logs'),
    volumePluginDir: inState('kubelet-plugins'),
    maxPods: 110,
    podPidsLimit: 4096,
    serializeImagePulls: false,
    // Nothing is pulled: images are loaded, and one that the kubelet collects would be missing for good.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'nodefs.inodesFree': '1%', 'imagefs.available': '1%' },
    oomScoreAdj: 0,
    // Its iptables chains serve other proxies and would stay behind.
    makeIPTablesUtilChains: false,
    nodeStatusReportFrequency: '1m',
    shutdownGracePeriod: '0s',
  };
}

function kubeProxyConfig(): unknown {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clusterCIDR: layout.podRange,
    hostnameOverride: layout.nodeName,
    clientConnection: { kubeconfig: kubeconfigFile('kube-proxy') },
    bindAddress: layout.nodeAddress,
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    oomScoreAdj: 0,
    // Zero leaves the connection-tracking settings of the host as they are.
    conntrack: { maxPerCore: 0, min: 0, tcpCloseWaitTimeout: '0s', tcpEstablishedTimeout: '0s' },
    nftables: { minSyncPeriod: '200ms', syncPeriod: '60s' },
  };
}

/** Name servers of the host that a pod can reach; a stub on loopback is not among them. */
export function hostNameServers(): string[] {
  const lines = readFileSync('/etc/resolv.conf', 'utf8').split('\n');
  const servers = lines.map((line) => /^nameserver\s+(\S+)/.exec(line)?.[1]).filter((server) => server !== undefined);
  return servers.filter((server) => !server.startsWith('127.') && server !== '::1');
}

/** Writes every configuration file of the cluster. */
export function writeConfiguration(): void {
  writeAtomic(configFile('containerd.toml'), containerdConfig());
  writeAtomic(configFile('kubelet.yaml'), stringify(kubeletConfig()));
  writeAtomic(configFile('kube-proxy.yaml'), stringify(kubeProxyConfig()));
  writeAtomic(configFile('resolv.conf'), hostNameServers().map((server) => `nameserver ${server}\n`).join(''));
  writeAtomic(join(cniConfDir, '10-collabnet.conflist'), JSON.stringify(cniConfig(), null, 2));
  mkdirSync(cniBinDir, { recursive: true });
  for (const plugin of ['ptp', 'loopback', 'host-local', 'portmap', 'policy-gate']) {
    rmSync(join(cniBinDir, plugin), { force: true });
    symlinkSync(tool(plugin), join(cniBinDir, plugin));
  }
}
