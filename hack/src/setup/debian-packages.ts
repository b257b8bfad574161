import { run } from '../lib/run.ts';

/** What the cluster, the image builds and the tests of key tokens need of the distribution, and nothing else. */
const packages = ['softhsm2', 'opensc', 'ca-certificates', 'containerd', 'runc', 'buildah', 'mmdebstrap', 'nftables', 'conntrack', 'iproute2', 'iptables', 'socat', 'procps'];

/** Those of the needed packages that are not installed. */
export async function missingPackages(): Promise<string[]> {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages], { allowFailure: true });
  const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]));
  return packages.filter((name) => !installed.has(name));
}

/** Installs the missing Debian packages. The cluster starts its own containerd, beside one of the system. */
export async function installDebianPackages(): Promise<string | undefined> {
  const missing = await missingPackages();
  if (missing.length === 0) return 'already there';
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...missing];
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', install, { env });
  return `installed ${missing.join(', ')}`;
}
