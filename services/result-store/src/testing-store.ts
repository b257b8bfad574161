import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { encodeCapability, issueCapability } from '@collabnet/capability';
import { createCa, issueClientCertificate, issueServerCertificate } from '@collabnet/capability/authority';
import type { Capability, CapabilityRequest, DeliverCapability, FetchCapability, MtlsServer } from '@collabnet/capability';
import type { CertificateAuthority, IssuedCertificate, KeyAndCertificate } from '@collabnet/capability/authority';
import { generateSm2KeyPair, randomBytes, sm2Sign, toHex } from '@collabnet/sm';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { AccessLog } from './access-log.ts';
import { watchConfig } from './config.ts';
import type { PersonGate } from './person-gate.ts';
import { ResultFiles } from './result-files.ts';
import { StoreKeys } from './store-keys.ts';
import { storeMetrics } from './store-context.ts';
import type { StoreContext } from './store-context.ts';
import { startStore } from './store-server.ts';

export const flowId = 'f'.repeat(64);
export const path = `/v1/results/${flowId}/align/matched`;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Code of a problem. */
  readonly code: string | undefined;
}

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly identity?: KeyAndCertificate | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | Readable;
}

/** A store with real files, certificates and TLS on a loopback port, for tests. */
export class TestStore {
  readonly folder: string;
  readonly ca: CertificateAuthority;
  readonly courier: IssuedCertificate;
  readonly operator: IssuedCertificate;
  readonly context: StoreContext;
  readonly #server: MtlsServer;
  readonly #institution = institution;

  private constructor(parts: { folder: string; ca: CertificateAuthority; courier: IssuedCertificate; operator: IssuedCertificate; context: StoreContext; server: MtlsServer }) {
    this.folder = parts.folder;
    this.ca = parts.ca;
    this.courier = parts.courier;
    this.operator = parts.operator;
    this.context = parts.context;
    this.#server = parts.server;
  }

  static async start(options: { gate: PersonGate; networkId: string; root?: string; quotaBytes?: number }): Promise<TestStore> {
    const folder = await mkdtemp(join(tmpdir(), 'store-'));
    const ca = await createCa({ commonName: 'CA', days: 1 });
    const server = await issueServerCertificate({ ca, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], ttl: 3600 });
    const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), ca: join(folder, 'ca.crt') };
    await writeFile(files.cert, server.certificatePem);
    await writeFile(files.key, server.privateKeyPem);
    await writeFile(files.ca, ca.certificatePem);
    const keyFile = join(folder, 'store.key');
    await writeFile(keyFile, toHex(randomBytes(32)));
    const root = options.root ?? join(folder, 'root');
    await mkdir(root, { recursive: true });
    const configFile = join(folder, 'config.json');
    await writeFile(configFile, JSON.stringify({
      root, listen: { port: 0, host: '127.0.0.1' }, tls: files, storeKeys: [keyFile],
      issuers: [{ did: institution.did, keyId: institution.keyId, publicKey: institution.publicKey }],
      networks: [{ networkId: options.networkId, did: options.gate.institution(options.networkId) ?? institution.did, nats: { url: 'nats://127.0.0.1:1', credentials: '/none' } }],
    }));
    const config = await watchConfig(configFile, 0, () => undefined);
    const results = await ResultFiles.open({ root, keys: await StoreKeys.load([keyFile]), quotaBytes: options.quotaBytes });
    const log = new AccessLog({ directory: join(folder, 'accesses') });
    const context: StoreContext = {
      config, files: results, log, gate: options.gate, logger: silentLogger(), now: Date.now,
      metrics: storeMetrics(createMetrics('test'), () => results.usedBytes),
    };
    const courier = await issueClientCertificate({ ca, commonName: 'courier', ttl: 3600 });
    const operator = await issueClientCertificate({ ca, commonName: 'operator', ttl: 3600 });
    return new TestStore({ folder, ca, courier, operator, context, server: await startStore(context) });
  }

  /** Header with a fresh capability to deliver. */
  async capability(networkId: string, change: Partial<DeliverCapability> = {}): Promise<Record<string, string>> {
    return this.#issue({ action: 'deliver', output: 'matched', ...this.#common(networkId, 'align'), ...change });
  }

  /** Header with a fresh capability to read what step `align` delivered, for step `train`. */
  async fetchCapability(networkId: string, change: Partial<FetchCapability> = {}): Promise<Record<string, string>> {
    return this.#issue({ action: 'fetch', source: { step: 'align', output: 'matched' }, ...this.#common(networkId, 'train'), ...change });
  }

  #common(networkId: string, step: string): Omit<CapabilityRequest & { action: 'deliver' }, 'action' | 'output'> {
    const { did, keyId } = this.#institution;
    return { issuer: did, keyId, certificateSha256: this.courier.fingerprint, networkId, flowId, step, attempt: 1, expires: Date.now() + 60_000 };
  }

  async #issue(request: CapabilityRequest): Promise<Record<string, string>> {
    return header(await issueCapability(request, (text) => sm2Sign(text, this.#institution.privateKey)));
  }

  call(options: Call): Promise<Answer> {
    const { identity = this.courier } = options;
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1', port: this.#server.port, method: options.method ?? 'GET', path: options.path ?? path, agent: false, ca: this.ca.certificatePem,
          headers: options.headers ?? {}, ...('identity' in options && !options.identity ? {} : { cert: identity.certificatePem, key: identity.privateKeyPem }),
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const body = Buffer.concat(parts);
            const isProblem = response.headers['content-type'] === 'application/problem+json' && body.length > 0;
            const code = isProblem ? (JSON.parse(body.toString()) as { code: string }).code : undefined;
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body, code });
          });
        },
      );
      call.on('error', reject);
      if (options.body === undefined || Buffer.isBuffer(options.body)) call.end(options.body);
      else options.body.on('error', () => call.destroy()).pipe(call);
    });
  }

  async close(): Promise<void> {
    await this.#server.close();
    this.context.log.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const institution = { did: 'did:collab:00112233445566778899aabbccddeeff:bank', keyId: 'did:collab:00112233445566778899aabbccddeeff:bank#key-1', ...generateSm2KeyPair() };

export function header(capability: Capability): Record<string, string> {
  return { 'collabnet-capability': encodeCapability(capability) };
}
