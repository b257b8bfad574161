import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A throw-away API server with its own etcd, for tests: no nodes, no controllers, RBAC on. */
export interface TestApiserver {
  readonly kubeconfig: string;
  /** Runs kubectl as cluster administrator, or as the user given. */
  kubectl(args: readonly string[], options?: { input?: string; user?: string }): KubectlResult;
  stop(): Promise<void>;
}

export interface KubectlResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Users of the test server besides the administrator `admin`; tokens equal names. */
const USERS = ['admin', 'alice', 'system:serviceaccount:bank-a:operator'];

/** @returns path of the newest cached binary, `make setup` puts it there */
export function cachedBinary(name: string): string {
  const directory = join(process.env['COLLABNET_CACHE'] ?? join(homedir(), '.cache', 'collabnet'), 'bin');
  const found = readdirSync(directory)
    .filter((file) => file.startsWith(`${name}-`) && /^[0-9]/.test(file.slice(name.length + 1)))
    .sort()
    .at(-1);
  if (found === undefined) throw new Error(`${name} is not in ${directory}: run 'make setup'`);
  return join(directory, found);
}

/** Starts etcd and kube-apiserver on free loopback ports; takes 3 to 6 seconds. */
export async function startApiserver(): Promise<TestApiserver> {
  const directory = mkdtempSync(join(tmpdir(), 'collabnet-apiserver-'));
  const processes: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of processes.reverse()) {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
    processes.push(start(directory, 'etcd', etcdArguments(directory, client, peer)));
    writeCredentials(directory, secure);
    processes.push(start(directory, 'kube-apiserver', apiserverArguments(directory, client, secure)));
    const server: TestApiserver = {
      kubeconfig: join(directory, 'kubeconfig'),
      kubectl: (args, options = {}) => kubectl(join(directory, 'kubeconfig'), args, options),
      stop,
    };
    await ready(server, processes, directory);
    return server;
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function ready(server: TestApiserver, processes: readonly ChildProcess[], directory: string): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    if (server.kubectl(['get', '--raw', '/readyz']).ok && server.kubectl(['get', 'namespace', 'default']).ok) return;
    if (processes.some((child) => child.exitCode !== null)) break;
    await sleep(250);
  }
  throw new Error(`kube-apiserver did not become ready:\n${readFileSync(join(directory, 'kube-apiserver.log'), 'utf8').slice(-4000)}`);
}

function kubectl(kubeconfig: string, args: readonly string[], options: { input?: string; user?: string }): KubectlResult {
  const result = spawnSync(cachedBinary('kubectl'), ['--kubeconfig', kubeconfig, '--user', options.user ?? 'admin', ...args], {
    encoding: 'utf8',
    input: options.input ?? '',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, HOME: join(kubeconfig, '..') },
  });
  return { ok: result.status === 0, stdout: result.stdout, stderr: result.stderr };
}

function start(directory: string, name: string, args: readonly string[]): ChildProcess {
  const log = openSync(join(directory, `${name}.log`), 'a');
  return spawn(cachedBinary(name), args, { stdio: ['ignore', log, log] });
}

function etcdArguments(directory: string, client: number, peer: number): string[] {
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
  ];
}

function apiserverArguments(directory: string, client: number, secure: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${client}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${secure}`,
    `--cert-dir=${join(directory, 'certs')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(directory, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(directory, 'sa.key')}`,
    `--token-auth-file=${join(directory, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
  ];
}

function writeCredentials(directory: string, port: number): void {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(join(directory, 'sa.pub'), publicKey);
  writeFileSync(join(directory, 'sa.key'), privateKey, { mode: 0o600 });
  const groupOf = (user: string): string => (user === 'admin' ? ',"system:masters"' : '');
  writeFileSync(join(directory, 'tokens.csv'), USERS.map((user) => `${user},${user},${user}${groupOf(user)}\n`).join(''));
  // JSON is YAML: kubectl reads it as a kubeconfig.
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: USERS.map((name) => ({ name, user: { token: name } })),
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin', namespace: 'default' } }],
    'current-context': 'test',
  };
  writeFileSync(join(directory, 'kubeconfig'), JSON.stringify(kubeconfig, null, 2));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
