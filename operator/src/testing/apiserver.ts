import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@collabnet/messaging/testing/nats-process';
import { KubeClient } from '../runtime/kube-client.ts';
import type { KubeConnection } from '../runtime/kube-config.ts';
import type { KubeObject } from '../runtime/kube-types.ts';
import { CORE } from '../runtime/resource-types.ts';
import { findBinary } from './binaries.ts';
import { Daemon } from './daemon.ts';

export interface ApiServerOptions {
  /** Resources (`plural.group`) served from etcd without a watch cache: for them a compaction is felt at once. */
  readonly uncached?: readonly string[] | undefined;
}

const START_TIMEOUT_MS = 60_000;

/** A real API server and etcd of a test, on loopback with random ports; no kubelet, no controllers. */
export class TestApiServer {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly #directory: string;
  readonly #etcdUrl: string;
  readonly #token: string;
  readonly #daemons: Daemon[];
  readonly #clients: KubeClient[] = [];

  private constructor(parts: { port: number; directory: string; etcdUrl: string; token: string; daemons: Daemon[] }) {
    this.port = parts.port;
    this.url = `https://127.0.0.1:${parts.port}`;
    this.#directory = parts.directory;
    this.#etcdUrl = parts.etcdUrl;
    this.#token = parts.token;
    this.#daemons = parts.daemons;
    this.kubeconfig = join(parts.directory, 'kubeconfig');
    writeFileSync(this.kubeconfig, kubeconfigText(this.url, this.#caFile, parts.token), { mode: 0o600 });
    this.client = this.connect();
  }

  /** Starts both processes and waits until the API answers. @throws Error with their output */
  static async start(options: ApiServerOptions = {}): Promise<TestApiServer> {
    const directory = mkdtempSync(join(tmpdir(), 'collabnet-api-'));
    const daemons: Daemon[] = [];
    try {
      const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
      const etcdUrl = `http://127.0.0.1:${etcdPort}`;
      const etcd = new Daemon(
        'etcd',
        findBinary('etcd'),
        etcdArguments(join(directory, 'etcd'), etcdUrl, `http://127.0.0.1:${peerPort}`),
      );
      daemons.push(etcd);
      await etcd.until(async () => (await fetch(`${etcdUrl}/health`)).ok, START_TIMEOUT_MS);
      const token = randomBytes(24).toString('hex');
      writeCredentials(directory, token);
      const apiserver = new Daemon(
        'kube-apiserver',
        findBinary('kube-apiserver'),
        apiserverArguments(directory, etcdUrl, port, options),
      );
      daemons.push(apiserver);
      // The server writes its certificate before it listens.
      await apiserver.until(
        () => Promise.resolve(existsSync(join(directory, 'pki', 'apiserver.crt'))),
        START_TIMEOUT_MS,
      );
      const server = new TestApiServer({ port, directory, etcdUrl, token, daemons });
      await apiserver.until(() => server.#ready(), START_TIMEOUT_MS);
      return server;
    } catch (error) {
      await Promise.all(daemons.map((daemon) => daemon.kill()));
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** A client of its own, by default straight to the server; give a port to go through a proxy. */
  connect(options: { port?: number; namespace?: string; token?: string } = {}): KubeClient {
    const client = KubeClient.connect(this.connection(options));
    this.#clients.push(client);
    return client;
  }

  connection(options: { port?: number; namespace?: string; token?: string } = {}): KubeConnection {
    const ca = readFileSync(this.#caFile);
    return {
      server: `https://127.0.0.1:${options.port ?? this.port}`,
      namespace: options.namespace ?? 'default',
      credentials: () =>
        Promise.resolve({ headers: { authorization: `Bearer ${options.token ?? this.#token}` }, tls: { ca } }),
    };
  }

  /** Makes a namespace with a random name. */
  async namespace(prefix = 'test'): Promise<string> {
    const name = `${prefix}-${randomBytes(4).toString('hex')}`;
    await this.client.create(CORE.namespace, { metadata: { name } });
    return name;
  }

  /** Installs a CustomResourceDefinition and waits until it is served. */
  async installCrd(definition: KubeObject): Promise<void> {
    const { name } = definition.metadata;
    await this.client.patch(CORE.customResourceDefinition, name, definition, {
      strategy: 'apply',
      fieldManager: 'test',
      force: true,
    });
    type Crd = KubeObject & {
      spec: { group: string; names: { plural: string }; versions: { name: string }[] };
      status?: { conditions?: { type: string; status: string }[] };
    };
    for (let attempt = 0; attempt < 200; attempt++) {
      const crd = await this.client.get<Crd>(CORE.customResourceDefinition, name);
      const established = crd.status?.conditions?.some(
        ({ type, status }) => type === 'Established' && status === 'True',
      );
      const served = await this.client
        .raw({
          method: 'GET',
          path: `/apis/${crd.spec.group}/${crd.spec.versions[0]?.name ?? ''}/${crd.spec.names.plural}?limit=1`,
        })
        .then(
          () => true,
          () => false,
        );
      if (established && served) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`CRD ${name} was not established`);
  }

  /** Drops all history from etcd, so that watches from an older resourceVersion get 410. */
  async compact(): Promise<void> {
    const call = async (path: string, body: unknown): Promise<{ header?: { revision?: string } }> => {
      const response = await fetch(`${this.#etcdUrl}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`etcd ${path}: ${await response.text()}`);
      return (await response.json()) as { header?: { revision?: string } };
    };
    const { header } = await call('range', { key: 'AA==' });
    await call('compaction', { revision: header?.revision, physical: true });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    for (const daemon of this.#daemons.toReversed()) await daemon.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #caFile(): string {
    return join(this.#directory, 'pki', 'apiserver.crt');
  }

  async #ready(): Promise<boolean> {
    await this.client.raw({ method: 'GET', path: '/readyz', timeoutMs: 2_000 });
    await this.client.get(CORE.namespace, 'default');
    return true;
  }
}

function etcdArguments(directory: string, url: string, peerUrl: string): string[] {
  return [
    `--data-dir=${directory}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function apiserverArguments(directory: string, etcdUrl: string, port: number, options: ApiServerOptions): string[] {
  const key = join(directory, 'service-account.key');
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(directory, 'pki')}`,
    `--token-auth-file=${join(directory, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--anonymous-auth=false',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${key}`,
    `--service-account-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--endpoint-reconciler-type=none',
    '--disable-admission-plugins=ServiceAccount',
    '--profiling=false',
    ...(options.uncached?.length
      ? [`--watch-cache-sizes=${options.uncached.map((name) => `${name}#0`).join(',')}`]
      : []),
  ];
}

function writeCredentials(directory: string, token: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(directory, 'service-account.key'), privateKey.export({ type: 'sec1', format: 'pem' }), {
    mode: 0o600,
  });
  writeFileSync(join(directory, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
}

function kubeconfigText(server: string, caFile: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'default' } }],
  });
}
