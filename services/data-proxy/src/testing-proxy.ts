import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCapability, issueCapability } from '@collabnet/capability';
import { createCa, issueClientCertificate, issueServerCertificate } from '@collabnet/capability/authority';
import type { MtlsServer, Problem, ReadCapability } from '@collabnet/capability';
import type { CertificateAuthority, IssuedCertificate, KeyAndCertificate } from '@collabnet/capability/authority';
import type { FlowRecord } from '@collabnet/contracts';
import type { Bench } from '@collabnet/contracts/testing';
import { TestLedger } from '@collabnet/ledger/testing';
import { randomBytes, sm2Sign, toBase64Url } from '@collabnet/sm';
import { createLogger, createMetrics } from '@collabnet/telemetry';
import type { Metrics, Tracer } from '@collabnet/telemetry';
import { watchConfig } from './config.ts';
import type { LiveConfig } from './config.ts';
import { LedgerFlowGate } from './ledger-flow-gate.ts';
import type { AssetProfile } from './profile-handler.ts';
import { proxyMetrics } from './proxy-context.ts';
import type { ProxyContext } from './proxy-context.ts';
import { startProxy } from './proxy-server.ts';
import { Disclosures } from './read/disclosures.ts';
import { Populations } from './read/populations.ts';
import { ReadLog } from './read/read-log.ts';
import type { Connector, OpenSource } from './source/connector.ts';
import { FileConnector } from './source/file-connector.ts';

export const asset = 'bank-b/customers';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly trailers: NodeJS.Dict<string>;
  readonly problem: Problem | undefined;
}

/** The real connector, and how many batches were pulled through it. */
class CountingConnector implements Connector {
  readonly kind = 'file';
  readonly #inner: Connector;
  batches = 0;

  constructor(inner: Connector) {
    this.#inner = inner;
  }

  async open(...args: Parameters<Connector['open']>): Promise<OpenSource> {
    const source = await this.#inner.open(...args);
    const scan = source.scan.bind(source);
    const count = (): number => (this.batches += 1);
    source.scan = async function* (options) {
      for await (const batch of scan(options)) {
        count();
        yield batch;
      }
    };
    return source;
  }
}

/** Bank B's proxy over real TLS, real files and a real ledger, and the courier that reads from it. */
export class TestProxy {
  readonly ledger: TestLedger;
  readonly bench: Bench;
  readonly folder: string;
  readonly ca: CertificateAuthority;
  readonly courier: IssuedCertificate;
  readonly operator: IssuedCertificate;
  readonly salt = randomBytes(32);
  readonly metrics: Metrics = createMetrics('test');
  /** What the proxy has logged, at every level. */
  readonly lines: string[] = [];
  tracer: Tracer | undefined;
  connector!: CountingConnector;
  config!: LiveConfig;
  log!: ReadLog;
  disclosures!: Disclosures;
  #server!: MtlsServer;
  #settings: Record<string, unknown> = {};

  private constructor(parts: { ledger: TestLedger; bench: Bench; folder: string; ca: CertificateAuthority; courier: IssuedCertificate; operator: IssuedCertificate }) {
    this.ledger = parts.ledger;
    this.bench = parts.bench;
    this.folder = parts.folder;
    this.ca = parts.ca;
    this.courier = parts.courier;
    this.operator = parts.operator;
  }

  static async start(): Promise<TestProxy> {
    const { ledger, bench } = await TestLedger.bench();
    const folder = await mkdtemp(join(tmpdir(), 'proxy-'));
    await mkdir(join(folder, 'data'));
    const ca = await createCa({ commonName: 'CA of bank-b', days: 1 });
    const server = await issueServerCertificate({ ca, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], ttl: 3600 });
    await writeFile(join(folder, 'tls.crt'), server.certificatePem);
    await writeFile(join(folder, 'tls.key'), server.privateKeyPem);
    await writeFile(join(folder, 'ca.crt'), ca.certificatePem);
    const courier = await issueClientCertificate({ ca, commonName: 'courier-1', ttl: 3600 });
    const operator = await issueClientCertificate({ ca, commonName: 'operator', ttl: 3600 });
    const proxy = new TestProxy({ ledger, bench, folder, ca, courier, operator });
    await proxy.writeRows(200);
    await proxy.configure({});
    await proxy.run();
    await bench.net.publish(bench.a);
    return proxy;
  }

  /** Writes the configuration file; `reload` or `run` takes it up. */
  async configure(change: Record<string, unknown>, assetChange: Record<string, unknown> = {}): Promise<void> {
    const { b } = this.bench;
    const file = (name: string): string => join(this.folder, name);
    this.#settings = {
      root: file('data'), stateDirectory: file('state'), listen: { port: 0, host: '127.0.0.1' }, tls: { cert: file('tls.crt'), key: file('tls.key'), ca: file('ca.crt') },
      issuers: [{ did: b.did, keyId: b.keyId, publicKey: b.keys.publicKey }],
      networks: [{ networkId: this.ledger.networkId, did: b.did, nats: { url: 'nats://127.0.0.1:1', credentials: '/none' } }],
      assets: [{
        assetId: asset, networkId: this.ledger.networkId, path: 'customers.csv', minimumSetSize: 100,
        columns: [{ name: 'id', type: 'String', role: 'Identifier' }, { name: 'born', type: 'Date', role: 'Identifier' }, { name: 'score', type: 'Decimal', role: 'Feature' }],
        ...assetChange,
      }],
      recheckMs: 100, maxStalenessMs: 1000, ...change,
    };
    await writeFile(file('config.json'), JSON.stringify(this.#settings));
  }

  /** Starts the proxy, as a new process would on the same volume. */
  async run(): Promise<void> {
    this.config = await watchConfig(join(this.folder, 'config.json'), 0, () => undefined);
    this.log = new ReadLog({ directory: join(this.folder, 'state'), now: () => this.ledger.now() });
    this.disclosures = new Disclosures({ directory: join(this.folder, 'state'), now: () => this.ledger.now() });
    this.connector = new CountingConnector(new FileConnector(join(this.folder, 'data')));
    const replica = this.ledger.client();
    const context: ProxyContext = {
      config: this.config, connector: this.connector, log: this.log, disclosures: this.disclosures, populations: new Populations(this.disclosures.secret), logger: createLogger('data-proxy', { level: 'trace', destination: { write: (line) => this.lines.push(line) } }), metrics: proxyMetrics(this.metrics), now: () => this.ledger.now(),
      ...(this.tracer && { tracer: this.tracer }),
      gate: new LedgerFlowGate({
        network: (id) => (id === this.ledger.networkId ? { did: this.bench.b.did, ledger: replica } : undefined),
        maxStalenessMs: this.config.current.maxStalenessMs,
      }),
    };
    this.#server = await startProxy(context);
  }

  async stop(): Promise<void> {
    await this.#server.close();
    this.log.close();
    this.disclosures.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.ledger.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `<index>,<date>,<score>` rows; `width` pads the identifiers, which makes big files quickly. */
  async writeRows(count: number, width = 0, shift = 0): Promise<void> {
    let text = 'id,born,score\n';
    for (let index = 0; index < count; index += 1) text += `${String(index + shift).padStart(width, '0')},2000-01-${String(1 + (index % 28)).padStart(2, '0')},${index % 100}.50\n`;
    await writeFile(join(this.folder, 'data', 'customers.csv'), text);
  }

  /** Changes one octet of the file where it lies, as a source does that is written to while it is read. */
  async alterByte(at: number): Promise<void> {
    const file = await open(join(this.folder, 'data', 'customers.csv'), 'r+');
    await file.write('7', at);
    await file.close();
  }

  /** The operator's way: takes the profile and publishes what it says. Returns the version. */
  async publish(): Promise<{ version: number; fingerprint: string }> {
    const { net, b } = this.bench;
    const { fingerprint = '' } = await this.profile();
    await net.publish(b, { ...net.assetOf(b), fingerprint });
    const view = (await this.ledger.query('catalogue', 'get', { assetId: asset })) as { version: number };
    return { version: view.version, fingerprint };
  }

  async profile(salt: Uint8Array = this.salt, identity: KeyAndCertificate = this.operator): Promise<AssetProfile> {
    const answer = await this.call('GET', `/v1/profile?asset=${encodeURIComponent(asset)}`, { identity, headers: { 'collabnet-salt': toBase64Url(salt) } });
    if (answer.status !== 200) throw Object.assign(new Error(answer.problem?.code), { code: answer.problem?.code });
    return JSON.parse(answer.body.toString()) as AssetProfile;
  }

  /** A capability as bank B's operator issues it for a flow. */
  async capability(flow: FlowRecord, change: Partial<ReadCapability> = {}): Promise<ReadCapability> {
    const { b } = this.bench;
    const input = flow.steps[0]?.inputs.find((each) => each.asset === asset);
    const request = {
      action: 'read' as const, issuer: b.did, keyId: b.keyId, certificateSha256: this.courier.fingerprint, networkId: this.ledger.networkId, flowId: flow.flowId,
      step: 'match', attempt: 1, asset, assetVersion: input?.assetVersion ?? 1, columns: ['id', 'score'], expires: this.ledger.now() + 60_000, ...change,
    };
    return (await issueCapability(request, (text) => sm2Sign(text, b.keys.privateKey))) as ReadCapability;
  }

  /** Starts a read and hands over the response unread; rejects when no response comes. */
  open(capability: ReadCapability | undefined, options: { identity?: KeyAndCertificate | undefined; body?: object } = {}): Promise<IncomingMessage> {
    const headers: Record<string, string> = capability ? { 'collabnet-capability': encodeCapability(capability) } : {};
    const identity = 'identity' in options ? options.identity : this.courier;
    return this.#send('POST', '/v1/read', identity, headers, options.body && JSON.stringify(options.body));
  }

  async read(capability: ReadCapability | undefined, options: { identity?: KeyAndCertificate | undefined; body?: object } = {}): Promise<Answer> {
    return collect(await this.open(capability, options));
  }

  async call(method: string, path: string, options: { identity?: KeyAndCertificate; headers?: Record<string, string> } = {}): Promise<Answer> {
    return collect(await this.#send(method, path, options.identity ?? this.courier, options.headers ?? {}));
  }

  #send(method: string, path: string, identity: KeyAndCertificate | undefined, headers: Record<string, string>, body?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1', port: this.#server.port, method, path, headers, agent: false, ca: this.ca.certificatePem,
          ...(identity && { cert: identity.certificatePem, key: identity.privateKeyPem }),
        },
        resolve,
      );
      call.on('error', reject).end(body);
    });
  }
}

export async function collect(response: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const isProblem = response.headers['content-type'] === 'application/problem+json';
  return { status: response.statusCode ?? 0, body, trailers: response.trailers, problem: isProblem ? (JSON.parse(body.toString()) as Problem) : undefined };
}
