import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fabricBinary, FabricProcess, freePort, writeFiles } from '@collabnet/fabric-network/testing';
import { CORE, type KubeClient, type KubeObject } from '../../../runtime/index.ts';
import type { FabricAddresses } from './addresses.ts';
import { LOOPBACK } from './testing-addresses.ts';
import { MOUNTS, PORTS, type FabricRole } from './node-plan.ts';
import { START_DIGEST_ANNOTATION } from './node-workload.ts';
import { TestRelay } from './testing-relay.ts';

const LOOK_MS = 300;
const program = (service: string): string => new URL(`../../../../../services/${service}/dist/main.js`, import.meta.url).pathname;
/** A pod that ends at once is started again after this long, ms: less would leave no time for the others. */
const BACK_OFF_MS = 3_000;

interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly items?: readonly { key: string; path: string }[] };
  readonly configMap?: { readonly name: string };
}
interface Workload extends KubeObject {
  readonly spec: { readonly template: { readonly metadata: { readonly annotations: Record<string, string> }; readonly spec: { readonly volumes: readonly Volume[]; readonly containers: readonly { name: string; env: { name: string; value: string }[] }[] } } };
}
type Texts = KubeObject & { readonly data?: Record<string, string> };

/** Ports on loopback for a node: of its gRPC, its administration and its probes. */
interface Ports {
  readonly main: number;
  readonly admin: number;
  readonly health: number;
}

/**
 * Runs the Fabric workloads of a namespace as processes of this machine, as a kubelet would run their pods: files from the
 * volumes, a restart for a changed template, a status when they are ready. Addresses are on loopback instead of Services.
 */
export class FabricKubelet {
  readonly addresses: FabricAddresses;
  readonly #client: KubeClient;
  readonly #folder: string;
  readonly #ports: ReadonlyMap<string, Ports>;
  /** In front of the nodes, for a network whose spec has external addresses. */
  readonly #relays: ReadonlyMap<string, TestRelay>;
  readonly #nodes = new Map<string, { digest: string; process: FabricProcess }>();
  readonly #chaincodes = new Map<string, { digest: string; child: ChildProcess }>();
  /** Ports of the versions of the contracts, in the order in which they are asked for. */
  readonly #versions: string[] = [];
  readonly #failed = new Map<string, number>();
  #keeper: { digest: string; child: ChildProcess } | undefined;
  #away: readonly string[] = [];
  #ending = false;
  #done: Promise<void> = Promise.resolve();
  /** What went wrong last, for the message of a failing test. */
  problem: unknown;

  private constructor(client: KubeClient, folder: string, ports: ReadonlyMap<string, Ports>, relays: ReadonlyMap<string, TestRelay>) {
    this.#client = client;
    this.#folder = folder;
    this.#ports = ports;
    this.#relays = relays;
    const at = (name: string, which: keyof Ports): { host: string; port: number } => ({ host: 'localhost', port: this.#portsOf(name)[which] });
    this.addresses = {
      node: ({ role, ordinal }) => at(`${role}-${ordinal}`, 'main'),
      advertised: ({ network, role, ordinal }) =>
        network.spec.ledger.fabric?.external === undefined ? at(`${role}-${ordinal}`, 'main') : { host: 'localhost', port: this.relay(`${role}-${ordinal}`).port },
      administration: ({ role, ordinal }) => at(`${role}-${ordinal}`, 'admin'),
      metrics: ({ role, ordinal }) => `http://127.0.0.1:${this.#portsOf(`${role}-${ordinal}`).health}/metrics`,
      snapshotMetrics: () => `http://127.0.0.1:${this.#portsOf('keeper').health}/metrics`,
      snapshotFolder: ({ network, role, ordinal }) => this.volume(`fabric-${network.metadata.name}-${role}-${ordinal}`, 'snapshots'),
      chaincode: (_, version) => at(this.#portsOfVersion(version), 'main'),
      members: LOOPBACK,
    };
  }

  static async start(client: KubeClient): Promise<FabricKubelet> {
    const ports = new Map<string, Ports>();
    for (const name of ['orderer-0', 'orderer-1', 'orderer-2', 'peer-0', 'peer-1', 'chaincode-0', 'chaincode-1', 'keeper']) {
      ports.set(name, { main: await freePort(), admin: await freePort(), health: await freePort() });
    }
    const relays = new Map<string, TestRelay>();
    for (const [name, { main }] of ports) if (/^(orderer|peer)-/.test(name)) relays.set(name, await TestRelay.start(main));
    const kubelet = new FabricKubelet(client, await mkdtemp(join(tmpdir(), 'collabnet-kubelet-')), ports, relays);
    const bin = join(kubelet.#folder, 'builder', 'bin');
    await mkdir(bin, { recursive: true });
    for (const step of ['detect', 'build', 'release']) await symlink(fabricBinary('ccaas-builder'), join(bin, step));
    kubelet.#done = kubelet.#run();
    return kubelet;
  }

  /** Start digests of the nodes that run, by name of the StatefulSet. */
  get running(): Record<string, string> {
    return Object.fromEntries([...this.#nodes].map(([name, { digest }]) => [name, digest]));
  }

  /** Deployments of contracts that run. */
  get chaincodes(): string[] {
    return [...this.#chaincodes.keys()];
  }

  /** What stands in front of a node, such as `peer-0`, for other institutions. */
  relay(name: string): TestRelay {
    const relay = this.#relays.get(name);
    if (relay === undefined) throw new Error(`there is no relay ${name}`);
    return relay;
  }

  /** Ends nodes, and starts them again after the work. */
  async without(names: readonly string[], work: () => Promise<void>): Promise<void> {
    this.#away = names;
    try {
      for (const name of names) await this.#nodes.get(name)?.process.stop();
      await work();
    } finally {
      this.#away = [];
    }
  }

  /** Nodes that end at once when they are started, and when they last did, epoch ms. */
  get failed(): ReadonlyMap<string, number> {
    return this.#failed;
  }

  /** Deletes the volumes of nodes. */
  async loseVolumes(...names: readonly string[]): Promise<void> {
    await this.without(names, async () => {
      for (const name of names) await rm(join(this.#folder, name, 'data'), { recursive: true, force: true });
    });
  }

  /** Where a node's volume `data` or `snapshots` is on this machine. */
  volume(name: string, which: 'data' | 'snapshots'): string {
    return join(this.#folder, name, which);
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await this.#done;
    for (const each of [...this.#chaincodes.values(), this.#keeper]) each?.child.kill('SIGKILL');
    await Promise.all([...this.#nodes.values()].map(({ process }) => process.stop('SIGKILL')));
    for (const each of this.#relays.values()) each.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(): Promise<void> {
    while (!this.#ending) {
      try {
        const nodes = await this.#client.list<Workload>(CORE.statefulSet);
        for (const each of nodes) await this.#pod(each);
        for (const name of this.#nodes.keys()) if (!nodes.some(({ metadata }) => metadata.name === name)) await this.#remove(name);
        const contracts = await this.#client.list<Workload>(CORE.deployment);
        for (const each of contracts) await this.#contracts(each);
        for (const name of this.chaincodes) if (!contracts.some(({ metadata }) => metadata.name === name)) this.#end(name);
      } catch (error) {
        this.problem = error;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** A pod that does not start is not ready, and holds up no other. */
  async #pod(workload: Workload): Promise<void> {
    const { name } = workload.metadata;
    if (Date.now() - (this.#failed.get(name) ?? 0) < BACK_OFF_MS) return;
    try {
      await this.#node(workload);
      await this.#snapshotKeeper(workload);
      this.#failed.delete(name);
    } catch (error) {
      this.problem = error;
      this.#failed.set(name, Date.now());
      await this.#status(CORE.statefulSet, name, { readyReplicas: 0 });
    }
  }

  async #node(workload: Workload): Promise<void> {
    const { name } = workload.metadata;
    const digest = workload.spec.template.metadata.annotations[START_DIGEST_ANNOTATION] ?? '';
    const held = this.#nodes.get(name);
    if (this.#away.includes(name)) return;
    if (held?.digest === digest && held.process.isRunning) return;
    await held?.process.stop();
    const folder = join(this.#folder, name);
    for (const volume of workload.spec.template.spec.volumes) await this.#mount(volume, join(folder, volume.name), name);
    const role = (workload.metadata.labels?.['app.kubernetes.io/component'] ?? '').replace('fabric-', '') as FabricRole;
    const { main, health } = this.#portsOf(shortName(name));
    const [command, args] = role === 'peer' ? [fabricBinary('peer'), ['node', 'start']] : [fabricBinary('orderer'), []];
    const process = new FabricProcess({ command, args, folder: join(folder, 'config'), ports: [main], operationsPort: health });
    await process.start();
    this.#nodes.set(name, { digest, process });
    const { generation } = workload.metadata;
    await this.#status(CORE.statefulSet, name, { observedGeneration: generation, replicas: 1, readyReplicas: 1, updateRevision: digest, currentRevision: digest });
  }

  async #contracts(workload: Workload): Promise<void> {
    const { name } = workload.metadata;
    const { template } = workload.spec;
    const digest = JSON.stringify(template);
    if (this.#chaincodes.get(name)?.digest === digest) return;
    this.#end(name);
    const folder = join(this.#folder, name);
    for (const volume of template.spec.volumes) await this.#mount(volume, join(folder, volume.name), name);
    const { main } = this.#portsOf(this.#portsOfVersion(name.split('-chaincode-')[1] ?? ''));
    const env = Object.fromEntries((template.spec.containers[0]?.env ?? []).map((each) => [each.name, each.value.replace('/etc/chaincode-tls', join(folder, 'tls'))]));
    const child = start('chaincode', { ...env, CHAINCODE_SERVER_ADDRESS: `127.0.0.1:${main}`, HEALTH_PORT: '0', WORKERS: '1' });
    this.#chaincodes.set(name, { digest, child });
    await this.#status(CORE.deployment, name, { replicas: 1, readyReplicas: 1 });
  }

  async #remove(node: string): Promise<void> {
    await this.#nodes.get(node)?.process.stop();
    this.#nodes.delete(node);
  }

  #end(chaincode: string): void {
    this.#chaincodes.get(chaincode)?.child.kill('SIGKILL');
    this.#chaincodes.delete(chaincode);
  }

  /** `1.4.0-ab` or, as in a name, `1-4-0-ab`. */
  #portsOfVersion(version: string): string {
    const name = version.replaceAll('.', '-');
    if (!this.#versions.includes(name)) this.#versions.push(name);
    return `chaincode-${this.#versions.indexOf(name)}`;
  }

  #snapshotKeeper({ metadata: { name }, spec: { template } }: Workload): Promise<void> {
    const container = template.spec.containers.find((each) => each.name === 'snapshot-keeper');
    const digest = JSON.stringify(container);
    if (container === undefined || this.#keeper?.digest === digest) return Promise.resolve();
    this.#keeper?.child.kill('SIGKILL');
    const env = Object.fromEntries(container.env.map((each) => [each.name, each.value]));
    this.#keeper = { digest, child: start('snapshot-keeper', { ...env, SNAPSHOTS_DIR: this.volume(name, 'snapshots'), HEALTH_PORT: String(this.#portsOf('keeper').health), LOOK_MS: '200' }) };
    return Promise.resolve();
  }

  async #mount({ secret, configMap }: Volume, folder: string, node: string): Promise<void> {
    if (secret !== undefined) {
      const { data = {} } = await this.#client.get<Texts>(CORE.secret, secret.secretName);
      const items = secret.items ?? Object.keys(data).map((key) => ({ key, path: key }));
      await writeFiles(folder, Object.fromEntries(items.map(({ key, path }) => [path, Buffer.from(data[key] ?? '', 'base64').toString()])));
    }
    if (configMap !== undefined) {
      const { data = {} } = await this.#client.get<Texts>(CORE.configMap, configMap.name);
      await writeFiles(folder, Object.fromEntries(Object.entries(data).map(([file, text]) => [file, this.#onLoopback(text, node)])));
    }
  }

  /** Paths of a container and ports of a pod as they are here. */
  #onLoopback(text: string, node: string): string {
    const folder = join(this.#folder, node);
    const { main, admin, health } = this.#portsOf(shortName(node));
    return text
      .replaceAll(`${MOUNTS.msp}"`, `${join(folder, 'msp')}"`)
      .replaceAll(`${MOUNTS.tls}/`, `${join(folder, 'tls')}/`)
      .replaceAll(MOUNTS.snapshots, this.volume(node, 'snapshots'))
      .replaceAll(MOUNTS.data, join(folder, 'data'))
      .replaceAll('/opt/collabnet/builders/ccaas', join(this.#folder, 'builder'))
      .replaceAll(`"0.0.0.0:${PORTS.peer}"`, `"127.0.0.1:${main}"`)
      .replaceAll(`"ListenPort": ${PORTS.orderer}`, `"ListenPort": ${main}`)
      .replaceAll(`"0.0.0.0:${PORTS.admin}"`, `"127.0.0.1:${admin}"`)
      .replaceAll(`"0.0.0.0:${PORTS.health}"`, `"127.0.0.1:${health}"`)
      .replaceAll('"0.0.0.0"', '"127.0.0.1"');
  }

  #portsOf(name: string): Ports {
    const ports = this.#ports.get(name);
    if (ports === undefined) throw new Error(`${name}: no ports for it`);
    return ports;
  }

  async #status(type: typeof CORE.statefulSet, name: string, status: object): Promise<void> {
    await this.#client.patch(type, name, { status }, { strategy: 'merge', subresource: 'status' });
  }
}

/** Runs a service of this repository with these variables. */
function start(service: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program(service)], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** `fabric-demo-orderer-0` as `orderer-0`. */
function shortName(name: string): string {
  return name.split('-').slice(-2).join('-');
}
