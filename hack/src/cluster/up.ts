import { request } from 'node:https';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { HackError } from '../lib/hack-error.ts';
import { inState } from '../lib/paths.ts';
import { runSteps, say, totalTime, type Step } from '../lib/progress.ts';
import { run, waitFor } from '../lib/run.ts';
import { buildImage } from '../images/build-image.ts';
import { images } from '../images/images.ts';
import { loadImage } from '../images/load-image.ts';
import { isBuilt } from '../setup/build-tools.ts';
import { toolSets } from '../setup/tool-sets.ts';
import { applyAddons } from './addons.ts';
import { makeCertificates, certificateFile, keyFile } from './certificates.ts';
import { makeCgroups } from './cgroups.ts';
import { components, componentNames, type ComponentName } from './components.ts';
import { writeConfiguration } from './configuration.ts';
import { recordHost, setUpNetwork } from './host-network.ts';
import { writeKubeconfigs } from './kubeconfig.ts';
import { kubectl } from './kubectl.ts';
import { apiUrl, files, layout } from './layout.ts';
import { logFile, runningPid, start } from './process.ts';

function readyz(): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { ca: readFileSync(certificateFile('ca')), cert: readFileSync(certificateFile('admin')), key: readFileSync(keyFile('admin')), timeout: 2000 };
    const outgoing = request(`${apiUrl}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    outgoing.on('error', () => resolve(false)).on('timeout', () => outgoing.destroy());
    outgoing.end();
  });
}

function acceptsOn(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

async function nodeReady(): Promise<boolean> {
  const { stdout } = await kubectl(['get', 'node', layout.nodeName, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'], { allowFailure: true });
  return stdout === 'True';
}

/** Starts components together and waits until `ready`; a component that ends meanwhile is named with its log. */
async function startAll(names: readonly ComponentName[], ready: () => Promise<boolean>, timeoutMs = 60_000): Promise<string> {
  const results = [];
  for (const name of names) results.push(await start(components[name]()));
  await waitFor(
    names.join(', '),
    () => {
      const dead = names.find((name) => runningPid(name) === undefined);
      if (dead !== undefined) throw new HackError('NOT_READY', `${dead} ended: ${readFileSync(logFile(dead), 'utf8').trim().split('\n').slice(-5).join('\n')}`);
      return ready();
    },
    timeoutMs,
    100,
  );
  return results.every((result) => result === 'running') ? 'running' : 'started';
}

function checkTools(): void {
  if (toolSets().every(isBuilt)) return;
  throw new HackError('MISSING_PREREQUISITE', 'the cluster programs are not built yet: run `make setup`');
}

async function loadClusterImages(): Promise<string> {
  let loaded = 0;
  for (const image of images().filter(({ role }) => role === 'cluster')) {
    const { id } = await buildImage(image);
    if (await loadImage(image, id)) loaded += 1;
  }
  return loaded === 0 ? 'in the cluster' : 'loaded';
}

function steps(): Step[] {
  return [
    { title: 'certificates', work: makeCertificates },
    {
      title: 'configuration, cgroups and node network',
      work: async () => {
        recordHost();
        for (const folder of ['run', 'volumes', 'pod-logs', 'kubelet']) mkdirSync(inState(folder), { recursive: true });
        writeKubeconfigs();
        writeConfiguration();
        makeCgroups();
        return setUpNetwork();
      },
    },
    { title: 'containerd, etcd, API server', work: () => startAll(['containerd', 'etcd', 'kube-apiserver'], async () => (await readyz()) && acceptsOn(files.containerdSocket)) },
    { title: 'images of the cluster', work: loadClusterImages },
    { title: 'add-ons', work: async () => applyAddons().then(() => 'applied') },
    { title: 'network policy', work: () => startAll(['network-policy'], () => acceptsOn(files.policySocket)) },
    {
      title: 'controllers, kubelet, proxy, storage',
      work: () => startAll(['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'storage-provisioner'], nodeReady),
    },
    {
      title: 'cluster DNS',
      work: async () => {
        // rollout status fails when the deployment's pods cannot be made, with the reason in its message.
        await kubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=90s']);
        return 'ready';
      },
    },
  ];
}

/** Brings the local cluster up, or what of it is down; a healthy one is only checked. */
export async function clusterUp(): Promise<void> {
  checkTools();
  const fresh = !existsSync(files.before);
  if (fresh && (await run('ip', ['link', 'show', 'dev', layout.nodeLink], { allowFailure: true })).code === 0) {
    throw new HackError('NOT_READY', `link ${layout.nodeLink} exists but belongs to no cluster of this state folder: remove it or run cluster-down with the COLLABNET_CLUSTER_DIR of its cluster`);
  }
  await runSteps(steps());
  say(`the cluster is up (${totalTime()}): ${componentNames.length} programs, logs in ${files.logs}`);
  say(`export KUBECONFIG=${files.adminKubeconfig}`);
}
