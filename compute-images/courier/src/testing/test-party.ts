import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signDelegation } from '@collabnet/envelope';
import { askAttempt, epochSeconds } from '@collabnet/messaging';
import type { AttemptAddress, NatsConnection } from '@collabnet/messaging';
import { NET } from '@collabnet/messaging/testing/federation';
import type { Federation, Institution } from '@collabnet/messaging/testing/federation';
import { eventually, freePort } from '@collabnet/messaging/testing/nats-process';
import { generateSm2KeyPair, randomBytes, sm2Sign, toBase64Url, toHex } from '@collabnet/sm';
import { controlReplySchema, pairWindow } from '@collabnet/wire';
import type { ControlReply, ControlRequest, CourierJob, CourierState, CourierStatus } from '@collabnet/wire';
import { TestDoors } from './test-doors.ts';
import type { Record } from './test-doors.ts';

export const networkId = `${NET}${'0'.repeat(48)}`;
export const flowId = 'f1'.repeat(32);
export const step = 'align';
export const address: AttemptAddress = { net: NET, task: flowId.slice(0, 32), attempt: `${step}-1` };
const specDigest = '5e'.repeat(32);
const distribution = fileURLToPath(new URL('..', import.meta.url));
const runner = fileURLToPath(new URL('../../../spu', import.meta.url));
const python = process.env['PYTHON'] ?? 'python3.11';

/** As in README.md: batches come and go, and the collector would rather let the heap grow than look for them. */
const courierFlags = ['--max-semi-space-size=4', '--max-old-space-size=96'];

/** Where the engine's packages lie, unpacked from the wheels that `make setup` has fetched. */
function spuFolder(): string {
  const found = spawnSync(python, ['-c', 'from tests.wheel import spu_folder; print(spu_folder() or "")'], { cwd: runner, encoding: 'utf8' });
  const folder = found.stdout.trim();
  if (folder === '') throw new Error(`no wheels of the engine spu: run make setup. ${found.stderr}`);
  return folder;
}

export interface PartyOptions {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Record[];
  readonly keys: readonly string[];
  readonly payload: readonly string[];
  readonly operator: 'Intersection' | 'Difference' | 'Join';
  readonly receivers: readonly string[];
  readonly minimumIsolation?: CourierJob['minimumIsolation'];
  readonly minimumSetSize?: number;
  readonly byteCeiling?: number;
  readonly deadlineMs?: number;
  readonly handshakeSeconds?: number;
}

/** One institution's pod, as processes: a courier, an engine, the doors they talk to, and its operator's connection. */
export class TestParty {
  readonly work: string;
  readonly config: string;
  readonly doors: TestDoors;
  readonly did: string;
  readonly attempt = generateSm2KeyPair();
  readonly token: string;
  readonly httpPort: number;
  log = '';
  courier: ChildProcess | undefined;
  engine: ChildProcess | undefined;
  readonly #options: PartyOptions;
  readonly #federation: Federation;
  readonly #institution: Institution;
  #operator: NatsConnection | undefined;

  private constructor(federation: Federation, institution: Institution, options: PartyOptions, folder: string, did: string, doors: TestDoors, httpPort: number) {
    [this.#federation, this.#institution, this.#options, this.did, this.doors, this.httpPort] = [federation, institution, options, did, doors, httpPort];
    this.token = institution.token;
    this.work = join(folder, 'work');
    this.config = join(folder, 'config');
  }

  static async prepare(federation: Federation, institution: Institution, options: PartyOptions): Promise<TestParty> {
    const folder = await mkdtemp(join(tmpdir(), 'courier-test-'));
    const did = `did:collab:${networkId.slice(0, 32)}:${options.name}`;
    const doors = await TestDoors.start(did, options.columns, options.rows);
    const party = new TestParty(federation, institution, options, folder, did, doors, await freePort());
    await mkdir(party.work);
    await mkdir(party.config);
    return party;
  }

  /** Writes what the operator would mount. */
  async mount(peer: TestParty): Promise<void> {
    const { doors, attempt, did } = this;
    const { keys, payload, receivers, operator, name } = this.#options;
    const scope = { networkId, flowId, step, attempt: 1 };
    const receive = receivers.includes(name);
    const delegation = await signDelegation(
      {
        schema: 'collabnet.dev/delegation/v1', network: networkId, id: toHex(randomBytes(16)), delegator: { id: did, keyId: `${did}#key-1` },
        delegate: { type: 'workload', id: `urn:attempt:${name}`, publicKey: attempt.publicKey }, actions: ['flows.reserve', 'receipts.submit'],
        task: flowId, attempt: '1', notBefore: Date.now() - 1000, expires: Date.now() + 3_600_000,
      },
      (message) => sm2Sign(message, doors.institutionKey.privateKey),
    );
    const job: CourierJob = {
      schema: 'collabnet.dev/courier-job/v1', networkId, flowId, step, attempt: 1, specDigest,
      self: { name, did, token: this.token }, peers: [{ name: peer.#options.name, did: peer.did, token: peer.token }],
      wireProfile: 'intl', operator, algorithm: { name: 'psi', version: '1.0.0', engine: 'spu' }, parameters: { protocol: 'RR22', curve: 'Curve25519' },
      deadline: Date.now() + (this.#options.deadlineMs ?? 120_000), nats: { url: this.#institution.url },
      inputs: [{
        name: 'left', kind: 'Rows', asset: `${name}/customers`, version: 1, url: `${doors.url}/v1/read`, keys: [...keys], columns: [...payload],
        capability: await doors.capability({ ...scope, action: 'read', asset: `${name}/customers`, assetVersion: 1, columns: [...new Set([...keys, ...payload])] }),
      }],
      salt: toBase64Url(randomBytes(32)),
      outputs: [{
        name: 'matched', receive, receivers: [...receivers],
        ...(receive ? { resultStoreUrl: doors.url, capability: await doors.capability({ ...scope, action: 'deliver', output: 'matched' }) } : {}),
      }],
      minimumIsolation: this.#options.minimumIsolation ?? 'SystemCalls',
      minimumSetSize: this.#options.minimumSetSize ?? 10, byteCeiling: this.#options.byteCeiling ?? 1e9, window: pairWindow, delegation,
      enginePorts: { self: await freePort(), peers: { [peer.#options.name]: await freePort() } },
    };
    const user = this.#institution.nats.courier(address, this.token, [peer.token], epochSeconds() + 600);
    const files = {
      'job.json': JSON.stringify(job), 'attempt.key': attempt.privateKey, 'nats.creds': user.creds ?? '',
      'tls.crt': doors.certificate.certificatePem, 'tls.key': doors.certificate.privateKeyPem, 'ca.crt': doors.certificate.caPem,
    };
    for (const [file, text] of Object.entries(files)) await writeFile(join(this.config, file), text);
    this.#operator = await this.#federation.operator(this.#institution, 'data');
  }

  startCourier(): void {
    this.courier = spawn(process.execPath, [...courierFlags, join(distribution, 'main.js')], {
      env: {
        PATH: process.env['PATH'], COURIER_CONFIG: this.config, COLLABNET_WORK: this.work, COURIER_HTTP_PORT: String(this.httpPort),
        TERMINATION_LOG: join(this.config, 'termination-log'), COURIER_HANDSHAKE_SECONDS: String(this.#options.handshakeSeconds ?? 30),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.courier.stdout, this.courier.stderr]) stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
  }

  startEngine(): void {
    this.engine = spawn(python, ['-m', 'runner'], {
      env: { PATH: process.env['PATH'], PYTHONPATH: runner, COLLABNET_WORK: this.work, COLLABNET_SPU: spuFolder() },
      cwd: this.config,
      stdio: 'ignore',
    });
  }

  /** In place of an engine for tests that never run one. */
  async pretendReady(): Promise<void> {
    await mkdir(join(this.work, 'engine'), { recursive: true });
    const isolation = { noNewPrivs: true, seccomp: true, landlockAbi: 0, fileRules: false, tcpRules: false, canary: 'untried', tried: {} };
    await writeFile(join(this.work, 'engine/ready.json'), JSON.stringify({ schema: 'x', engine: 'pretended', version: '0', pid: 1, isolation }));
  }

  async ask(request: ControlRequest): Promise<ControlReply> {
    if (!this.#operator) throw new Error('mount first');
    return controlReplySchema.parse(await askAttempt(this.#operator, address, request, { retries: 20 }));
  }

  async status(): Promise<CourierStatus> {
    const reply = await this.ask({ op: 'status' });
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.status;
  }

  async until(state: CourierState, timeoutMs = 120_000): Promise<CourierStatus> {
    let status = await this.status();
    const reached = async (): Promise<boolean> => {
      status = await this.status();
      if (status.state === 'Failed' && state !== 'Failed') throw new Error(`failed: ${JSON.stringify(status.failure)}\n${this.log}`);
      return status.state === state;
    };
    await eventually(reached, timeoutMs);
    return status;
  }

  start(peer: TestParty, leaseMs = 60_000): Promise<ControlReply> {
    const peers = [{ did: peer.did, courierKey: peer.attempt.publicKey, institutionKey: peer.doors.institutionKey.publicKey }];
    return this.ask({ op: 'start', lease: { until: Date.now() + leaseMs }, peers });
  }

  get result(): string | undefined {
    return this.doors.delivered.get(`/v1/results/${flowId}/${step}/matched`)?.toString('utf8');
  }

  async terminationLog(): Promise<unknown> {
    return JSON.parse(await readFile(join(this.config, 'termination-log'), 'utf8')) as unknown;
  }

  async ready(): Promise<number> {
    return (await fetch(`http://127.0.0.1:${this.httpPort}/readyz`)).status;
  }

  /** Highest resident memory of the courier so far, bytes. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.courier?.pid ?? 0}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  }

  async stop(): Promise<void> {
    for (const child of [this.courier, this.engine]) {
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await this.doors.close();
    await rm(join(this.work, '..'), { recursive: true, force: true });
  }
}
