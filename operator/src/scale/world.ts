import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KINDS, type ComputeTask } from '@collabnet/crds';
import type { TestInstitution, TestNetwork } from '@collabnet/contracts/testing';
import { encodeSm2Multikey } from '@collabnet/sm';
import { parse } from 'yaml';
import { COLLAB_NETWORK, COMPUTE_TASK, PARTICIPANT_DID } from '../controllers/kinds.ts';
import type { OperatorConfigInput } from '../institution/config.ts';
import { CORE, deleteIgnoreMissing, type KubeClient, type KubeObject } from '../runtime/index.ts';
import { findBinary, freePort, TestApiServer } from '../testing/index.ts';
import { LedgerFile } from './ledger-file.ts';
import { NAMESPACE, NETWORK } from './names.ts';
import { OperatorProgram } from './operator-program.ts';
import { Program } from './program.ts';
import { total } from './scrape.ts';
import { taskManifest } from './task-manifest.ts';

const READY_MS = 600_000;
const FOLLOWING_MS = 1_200_000;
const HUB_CLIENT_URL = `tls://nats-hub.${NAMESPACE}.svc:4222`;

/** Folder of the checkout's workspaces; the same from `src/scale` and `dist/scale`. */
const workspaces = join(import.meta.dirname, '../../..');

type SecretObject = KubeObject & { data: Record<string, string> };

/**
 * One institution outside a cluster: API server with etcd, hub, NATS server and ledger as processes of their own, and
 * the operator as the image runs it. The bench does a kubelet's part: it mounts Secrets and starts what StatefulSets ask
 * for. All addresses are loopback ones.
 */
export class World {
  readonly api: TestApiServer;
  readonly client: KubeClient;
  readonly directory: string;
  readonly ledger: LedgerFile;
  readonly network: TestNetwork;
  readonly peer: TestInstitution;
  readonly #addresses: { readonly nats: string; readonly hub: string };
  readonly #leafPort: number;
  readonly #programs: Program[] = [];
  readonly #operators: OperatorProgram[] = [];
  #ledgerProgram: Program | undefined;

  private constructor(parts: Pick<World, 'api' | 'client' | 'directory' | 'ledger' | 'network' | 'peer'> & { leafPort: number }) {
    this.api = parts.api;
    this.client = parts.client;
    this.directory = parts.directory;
    this.ledger = parts.ledger;
    this.network = parts.network;
    this.peer = parts.peer;
    this.#leafPort = parts.leafPort;
    // Two benches on one machine must not meet: their addresses are drawn from 127/8.
    const [second, third] = [randomInt(64, 250), randomInt(1, 250)];
    this.#addresses = { nats: `127.${second}.${third}.2`, hub: `127.${second}.${third}.3` };
  }

  /** Founds the network and stores its Secrets; the ledger's file is open for {@link World.ledger} until {@link World.serve}. */
  static async create(): Promise<World> {
    const directory = mkdtempSync(join(tmpdir(), 'collabnet-scale-'));
    // Also after a signal: a ledger of some thousand tasks takes hundreds of megabytes.
    process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
    const api = await TestApiServer.start();
    for (const { plural } of KINDS) await api.installCrd(crd(plural));
    await api.client.create(CORE.namespace, { metadata: { name: NAMESPACE } });
    const client = api.connect({ namespace: NAMESPACE });
    mkdirSync(join(directory, 'ledger-data'));
    const founded = await LedgerFile.found(join(directory, 'ledger-data', 'ledger.db'), { url: HUB_CLIENT_URL, caPem: '' });
    const world = new World({ api, client, directory, ledger: founded.file, network: founded.network, peer: founded.peer, leafPort: await freePort() });
    await world.#prepare();
    return world;
  }

  /** Starts operator, hub, ledger and NATS server. */
  async serve(options: { apiPort?: number; profile?: boolean } = {}): Promise<OperatorProgram> {
    await this.ledger.close();
    const operator = await this.startOperator('operator-0', options);
    for (const name of ['nats-hub-config', `ledger-${NETWORK}`, 'nats-config']) await operator.program.until(`Secret ${name}`, async () => (await this.client.find(CORE.secret, name)) !== undefined, READY_MS);
    await this.#startNats('hub', 'nats-hub-config', this.#addresses.hub);
    await this.#startLedger();
    await this.#startNats('nats', 'nats-config', this.#addresses.nats);
    return operator;
  }

  /** Starts an operator process; several elect a leader. @param apiPort of a proxy, default the API server's own */
  async startOperator(identity: string, options: { apiPort?: number; profile?: boolean } = {}): Promise<OperatorProgram> {
    const operator = await OperatorProgram.start({
      identity,
      main: join(workspaces, 'operator/dist/main.js'),
      account: join(this.directory, 'account'),
      config: join(this.directory, 'operator.json'),
      cache: join(this.directory, `cache-${identity}`),
      apiPort: options.apiPort ?? this.api.port,
      env: this.#nodeEnvironment(),
      ...(options.profile === true ? { profileInto: this.directory } : {}),
    });
    this.#operators.push(operator);
    return operator;
  }

  /** Lets `work` create tasks with their status, in one write each where two would be needed; while no operator runs. */
  async withStatusInTasks(work: () => Promise<void>): Promise<void> {
    const definition = crd('computetasks') as KubeObject & { spec: { versions: { subresources?: unknown }[] } };
    const versions = definition.spec.versions.map(({ subresources, ...version }) => (void subresources, version));
    await this.api.installCrd({ ...definition, spec: { ...definition.spec, versions } } as KubeObject);
    await this.#untilStatusIsTaken(true);
    await work();
    await this.api.installCrd(definition);
    await this.#untilStatusIsTaken(false);
  }

  /** The API server takes a moment to serve a changed definition. */
  async #untilStatusIsTaken(wanted: boolean): Promise<void> {
    for (let round = 0; round < 300; round++) {
      const probe = { ...taskManifest(this, 'probe'), status: { phase: 'Failed' } };
      const made = await this.client.create<ComputeTask>(COMPUTE_TASK, probe as ComputeTask).catch(() => undefined);
      await deleteIgnoreMissing(this.client, COMPUTE_TASK, 'probe');
      if (made !== undefined && (made.status !== undefined) === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('the API server does not serve the changed definition of ComputeTask');
  }

  /** Waits until the leading operator shows a fresh view of the ledger. */
  async following(operator: OperatorProgram): Promise<void> {
    const check = async (): Promise<boolean> => {
      const samples = await operator.metrics();
      return total(samples, 'reconcile_total', { controller: 'collabnetwork', reason: 'Following' }) > 0;
    };
    await operator.program.until('view of the ledger', check, FOLLOWING_MS, 100);
  }

  /** Waits until a standby has verified the ledger as far as the leader. */
  async standingBy(standby: OperatorProgram, leader: OperatorProgram): Promise<void> {
    const height = async (operator: OperatorProgram): Promise<number> => total(await operator.metrics(), 'ledger_height');
    const check = async (): Promise<boolean> => (await height(standby)) >= (await height(leader));
    await standby.program.until("the leader's height", check, FOLLOWING_MS, 100);
  }

  /** The process that serves the ledger. */
  get ledgerProgram(): Program {
    if (this.#ledgerProgram === undefined) throw new Error('the ledger is not served yet');
    return this.#ledgerProgram;
  }

  /** Ends everything that this bench started, by process id, and removes its files. */
  async close(): Promise<void> {
    for (const operator of this.#operators) await operator.kill();
    for (const program of this.#programs.toReversed()) await program.kill();
    await this.api.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #nodeEnvironment(): Record<string, string> {
    const hosts = { [`nats.${NAMESPACE}.svc`]: this.#addresses.nats, [`nats-hub.${NAMESPACE}.svc`]: this.#addresses.hub };
    return { SCALE_HOSTS: JSON.stringify(hosts), NODE_OPTIONS: `--import=${join(import.meta.dirname, 'preload.js')}` };
  }

  async #prepare(): Promise<void> {
    const { headers, tls } = await this.api.connection().credentials();
    this.#write('account/ca.crt', String(tls.ca ?? ''));
    this.#write('account/namespace', NAMESPACE);
    this.#write('account/token', headers['authorization']?.slice('Bearer '.length) ?? '');
    this.#write('operator.json', JSON.stringify(operatorConfig()));
    const { founder } = this.network;
    const manager = { displayName: 'Manager', subjectCode: `${founder.code}.manager`, roles: ['DataManager'] };
    await this.#secret('bank-a-keys', { 'sign.key': founder.keys.privateKey, 'agree.key': founder.agree.privateKey });
    await this.#secret(`ledger-${NETWORK}-genesis`, { 'genesis.json': JSON.stringify(this.ledger.genesis), 'signing.key': this.ledger.signingKey });
    await this.#create(PARTICIPANT_DID, 'bank-a', { type: 'Institution', subjectCode: founder.code, displayName: 'Bank A', roles: founder.roles, keySecretRef: { name: 'bank-a-keys' } });
    await this.#create(PARTICIPANT_DID, 'manager', { type: 'Person', ...manager, publicKeyMultibase: encodeSm2Multikey(founder.manager.keys.publicKey) });
    await this.#create(COLLAB_NETWORK, NETWORK, {
      displayName: 'Scale',
      didRef: { name: 'bank-a' },
      personRefs: [{ name: 'manager' }],
      founding: { hubURL: `tls://localhost:${this.#leafPort}`, hubClientURL: HUB_CLIENT_URL },
    });
    // An operator whose Deployment is missing takes a stop for an uninstall and gives up its flows.
    const selector = { app: 'operator' };
    const template = { metadata: { labels: selector }, spec: { containers: [{ name: 'operator', image: 'operator' }] } };
    await this.client.create(CORE.deployment, { metadata: { name: 'operator' }, spec: { selector: { matchLabels: selector }, template } } as KubeObject);
  }

  async #startNats(name: string, secret: string, address: string): Promise<void> {
    const folder = join(this.directory, name);
    const files = await this.#mount(secret, folder);
    const config = (files['nats.conf'] ?? '')
      .replaceAll('/etc/nats/', `${folder}/`)
      .replaceAll('/data/jwt', `${folder}/jwt`)
      .replaceAll('0.0.0.0', address)
      // The leaf port alone listens where the name `localhost` leads, which stands in the hub's certificate.
      .replace(/host: "?[\d.]+"?(\s+)port: 7422/, `host: "127.0.0.1"$1port: ${this.#leafPort}`);
    writeFileSync(join(folder, 'nats.conf'), config);
    const program = this.#start({ name, command: findBinary('nats-server'), args: ['-c', join(folder, 'nats.conf')] });
    await program.until('health', async () => (await fetch(`http://${address}:8222/healthz`)).ok, READY_MS);
  }

  async #startLedger(): Promise<void> {
    const folder = join(this.directory, 'ledger');
    await this.#mount(`ledger-${NETWORK}`, folder);
    const [healthPort, exportPort] = [await freePort(), await freePort()];
    const env = {
      ...this.#nodeEnvironment(),
      LEDGER_CONFIG: folder,
      LEDGER_DATA: join(this.directory, 'ledger-data'),
      NATS_URL: HUB_CLIENT_URL,
      NATS_CA_FILE: join(folder, 'hub-ca.crt'),
      HEALTH_PORT: String(healthPort),
      EXPORT_PORT: String(exportPort),
    };
    const program = this.#start({ name: 'ledger', command: process.execPath, args: [join(workspaces, 'services/embedded-ledger/dist/main.js')], env });
    this.#ledgerProgram = program;
    await program.until('readiness', async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok, READY_MS);
  }

  #start(options: ConstructorParameters<typeof Program>[0]): Program {
    const program = new Program(options);
    this.#programs.push(program);
    return program;
  }

  async #mount(secret: string, folder: string): Promise<Record<string, string>> {
    const { data } = await this.client.get<SecretObject>(CORE.secret, secret);
    const files = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    return files;
  }

  async #secret(name: string, values: Record<string, string>): Promise<void> {
    await this.client.create(CORE.secret, { metadata: { name }, stringData: values } as KubeObject);
  }

  async #create(type: Parameters<KubeClient['create']>[0], name: string, spec: object): Promise<void> {
    await this.client.create(type, { metadata: { name }, spec } as KubeObject);
  }

  #write(path: string, text: string): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text, { mode: 0o600 });
  }
}

function crd(plural: string): KubeObject {
  return parse(readFileSync(new URL(import.meta.resolve(`@collabnet/crds/manifests/${plural}.yaml`)), 'utf8')) as KubeObject;
}

function operatorConfig(): OperatorConfigInput {
  return {
    workers: 10,
    images: { pullPolicy: 'IfNotPresent', node: 'collabnet/node:dev', engineSpu: 'collabnet/engine-spu:dev', engineSets: 'collabnet/engine-sets:dev', nats: 'collabnet/nats-server:dev', fabric: 'collabnet/fabric:dev' },
    hub: { enabled: true, hostnames: ['localhost'] },
    compute: { engine: { limits: { memory: '1Gi' } }, courier: { limits: { memory: '256Mi' } }, scratch: { size: '512Mi' } },
    dataProxy: { resources: {}, auditStorage: { size: '64Mi' } },
    fabric: { orderer: { resources: {}, storage: { size: '1Gi' } }, peer: { resources: {}, storage: { size: '1Gi' } }, chaincode: { resources: {} } },
    ledgerCache: '1Gi',
    sharedCluster: true,
  };
}
