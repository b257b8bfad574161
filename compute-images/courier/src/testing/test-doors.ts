import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CapabilityError, capabilityHeader, decodeCapability, issueCapability, mtlsServer, peerCertificate, sendProblem, verifyCapability } from '@collabnet/capability';
import { createCa, issueClientCertificate, issueServerCertificate } from '@collabnet/capability/authority';
import type { Capability, CapabilityRequest, MtlsServer } from '@collabnet/capability';
import type { IssuedCertificate } from '@collabnet/capability/authority';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { RecordBatchStreamWriter, Table, Utf8, vectorFromArray } from 'apache-arrow';

export type Record = readonly (string | null)[];

export interface DoorFaults {
  /** Answers reads with this problem. */
  refuseRead?: { status: number; code: string };
  /** Breaks the stream off after this many batches. */
  cutAfterBatches?: number;
  /** What the record of a cut read says; without it there is no such record. */
  cutOutcome?: string;
  /** Answers this many deliveries with 503. */
  busyDeliveries?: number;
}

/** Data proxy and result store of one institution: real TLS, certificates and capabilities, rows from memory. */
export class TestDoors {
  faults: DoorFaults = {};
  readonly delivered = new Map<string, Buffer>();
  readonly certificate: IssuedCertificate;
  readonly #did: string;
  readonly #keys: ReturnType<typeof generateSm2KeyPair>;
  readonly #columns: readonly string[];
  readonly #rows: readonly Record[];
  #server: MtlsServer | undefined;
  #folder = '';

  private constructor(did: string, keys: ReturnType<typeof generateSm2KeyPair>, certificate: IssuedCertificate, columns: readonly string[], rows: readonly Record[]) {
    [this.#did, this.#keys, this.certificate, this.#columns, this.#rows] = [did, keys, certificate, columns, rows];
  }

  static async start(did: string, columns: readonly string[], rows: readonly Record[]): Promise<TestDoors> {
    const folder = await mkdtemp(join(tmpdir(), 'courier-doors-'));
    const ca = await createCa({ commonName: 'CA', days: 1 });
    const server = await issueServerCertificate({ ca, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], ttl: 3600 });
    const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), ca: join(folder, 'ca.crt') };
    await writeFile(files.cert, server.certificatePem);
    await writeFile(files.key, server.privateKeyPem);
    await writeFile(files.ca, ca.certificatePem);
    const doors = new TestDoors(did, generateSm2KeyPair(), await issueClientCertificate({ ca, commonName: 'courier', ttl: 3600 }), columns, rows);
    doors.#folder = folder;
    doors.#server = await mtlsServer({ files, port: 0, host: '127.0.0.1', handler: (request, response) => void doors.#answer(request, response) });
    return doors;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#server?.port ?? 0}`;
  }

  get institutionKey(): ReturnType<typeof generateSm2KeyPair> {
    return this.#keys;
  }

  capability(request: Partial<CapabilityRequest> & { action: 'read' | 'deliver'; networkId: string; flowId: string; step: string; attempt: number }): Promise<Capability> {
    const common = { issuer: this.#did, keyId: `${this.#did}#key-1`, certificateSha256: this.certificate.fingerprint, expires: Date.now() + 600_000 };
    return issueCapability({ ...common, ...request } as CapabilityRequest, (text) => sm2Sign(text, this.#keys.privateKey));
  }

  async close(): Promise<void> {
    await this.#server?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const { cutOutcome: outcome } = this.faults;
      response.writeHead(outcome === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ outcome }));
      return;
    }
    const action = request.method === 'PUT' ? 'deliver' : 'read';
    const peer = peerCertificate(request);
    try {
      const capability = verifyCapability(decodeCapability(request.headers[capabilityHeader]), {
        action,
        issuers: [{ did: this.#did, keyId: `${this.#did}#key-1`, publicKey: this.#keys.publicKey }],
        certificateSha256: peer?.fingerprint ?? '',
        now: Date.now(),
      });
      if (capability.action === 'read') await this.#read(capability.columns, request, response);
      else await this.#put(request, response);
    } catch (error) {
      const code = error instanceof CapabilityError ? error.code : 'INTERNAL';
      sendProblem(response, { status: 403, code, title: 'Refused', detail: code });
    }
  }

  async #read(granted: readonly string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { columns } = JSON.parse(text) as { columns: string[] };
    const { refuseRead, cutAfterBatches = Number.POSITIVE_INFINITY } = this.faults;
    if (refuseRead || columns.some((column) => !granted.includes(column))) {
      sendProblem(response, { status: refuseRead?.status ?? 403, code: refuseRead?.code ?? 'CAPABILITY_SCOPE', title: 'Refused', detail: 'refused' });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/vnd.apache.arrow.stream', trailer: 'collabnet-outcome, collabnet-rows' });
    const writer = new RecordBatchStreamWriter();
    const reading = (async () => {
      for await (const chunk of writer) if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    })();
    const at = columns.map((column) => this.#columns.indexOf(column));
    for (let from = 0, batches = 0; from < this.#rows.length || batches === 0; from += 10_000, batches += 1) {
      if (batches >= cutAfterBatches) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        response.destroy();
        return;
      }
      const rows = this.#rows.slice(from, from + 10_000);
      const table = new Table(Object.fromEntries(columns.map((name, index) => [name, vectorFromArray(rows.map((row) => row[at[index] ?? 0] ?? null), new Utf8())])));
      for (const batch of table.batches) writer.write(batch);
    }
    writer.finish();
    await reading;
    response.addTrailers({ 'collabnet-outcome': 'complete', 'collabnet-rows': String(this.#rows.length) });
    response.end();
  }

  async #put(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const chunk of request) parts.push(chunk as Buffer);
    if ((this.faults.busyDeliveries ?? 0) > 0) {
      this.faults.busyDeliveries = (this.faults.busyDeliveries ?? 0) - 1;
      sendProblem(response, { status: 503, code: 'BUSY', title: 'Busy', detail: 'try again' });
      return;
    }
    this.delivered.set(request.url ?? '', Buffer.concat(parts));
    response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
  }
}
