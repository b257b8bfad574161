import { taskFields } from '@collabnet/telemetry';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { capabilityHeader, decodeCapability, verifyCapability } from '@collabnet/capability';
import type { PeerCertificate, ReadCapability } from '@collabnet/capability';
import { fromBase64Url } from '@collabnet/sm';
import { z } from 'zod';
import { ProxyError } from '../errors.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { AssetDefinition } from '../source/asset-definition.ts';
import type { OpenSource } from '../source/connector.ts';
import { currentFingerprint } from './current-fingerprint.ts';
import type { GatePass, GateRequest } from './flow-gate.ts';
import { GateWatch } from './gate-watch.ts';
import type { ReadRecord } from './read-log.ts';
import { noteRefusal } from './refused-read.ts';
import { assertSetSize, profileKey } from './source-facts.ts';
import { inputChanged, streamRows } from './stream-rows.ts';
import { traceRead } from './trace-read.ts';

export const arrowContentType = 'application/vnd.apache.arrow.stream';

/** Optional body: less than the capability allows. What is left out is taken from the capability. */
const narrowing = z.strictObject({
  asset: z.string().optional(),
  columns: z.array(z.string()).min(1).optional(),
  /** Rows to skip. */
  from: z.int().min(0).default(0),
});

interface Read {
  readonly capability: ReadCapability;
  readonly record: ReadRecord;
  readonly columns: readonly string[];
  readonly from: number;
}

/**
 * `POST /v1/read`: capability, then the ledger, then the source; each must say yes before the first byte. The answer is
 * an Arrow IPC stream with trailers `collabnet-outcome: complete` and `collabnet-rows`; a stream that is cut has neither
 * end marker nor trailers, and `GET /v1/reads/<capability id>` tells why.
 */
export async function handleRead(context: ProxyContext, peer: PeerCertificate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const capability = verifyCapability(decodeCapability(request.headers[capabilityHeader]), {
    action: 'read',
    issuers: context.config.current.issuers,
    certificateSha256: peer.fingerprint,
    now: context.now(),
  });
  const columns = body.columns ?? capability.columns;
  const record: ReadRecord = {
    id: capability.id, client: peer.commonName, certificate: peer.fingerprint, network: capability.networkId, flow: capability.flowId,
    step: capability.step, attempt: capability.attempt, asset: capability.asset, version: capability.assetVersion, columns,
  };
  let source: OpenSource | undefined;
  let begun = false;
  let failure: string | undefined;
  const startedAt = context.now();
  try {
    if (context.log.isUsed(capability.id)) throw reused();
    const asset = assertScope(context, capability, body.asset, columns);
    const gateRequest: GateRequest = {
      networkId: capability.networkId, flowId: capability.flowId, step: capability.step, attempt: capability.attempt,
      asset: capability.asset, assetVersion: capability.assetVersion, columns,
    };
    const pass = await context.gate.check(gateRequest);
    source = await context.connector.open(asset);
    await assertContent(context, source, asset, capability, pass, columns);
    await spendDisclosure(context, source, asset, capability);
    const sequence = context.log.begin(record, capability.expires);
    begun = true;
    await stream(context, response, { capability, record, columns, from: body.from }, { source, asset, sequence, gateRequest, pass });
  } catch (error) {
    failure = codeOf(error);
    noteRefusal(error, record);
    if (!begun) context.log.refuse(record, failure);
    throw error;
  } finally {
    traceRead(context, record, startedAt, failure);
    await source?.close();
  }
}

async function stream(
  context: ProxyContext,
  response: ServerResponse,
  read: Read,
  open: { source: OpenSource; asset: AssetDefinition; sequence: number; gateRequest: GateRequest; pass: GatePass },
): Promise<void> {
  const { current } = context.config;
  const watch = new GateWatch(context.gate, open.gateRequest, open.pass, { intervalMs: current.recheckMs, maxStalenessMs: current.maxStalenessMs, now: context.now });
  const done = { rows: 0, bytes: 0, outcome: 'Complete' };
  const started = context.now();
  context.metrics.open.inc();
  // A client that reads nothing would keep a write waiting; the cut must not wait for it.
  const cut = (): void => void response.destroy();
  watch.signal.addEventListener('abort', cut);
  try {
    response.writeHead(200, { 'content-type': arrowContentType, 'cache-control': 'no-store', trailer: 'collabnet-outcome, collabnet-rows' });
    await streamRows({
      source: open.source, asset: open.asset, columns: read.columns, from: read.from, frozen: frozenOf(read.capability),
      metadata: { asset: read.capability.asset, version: String(read.capability.assetVersion) }, out: response, signal: watch.signal,
      onProgress: (rows, bytes) => {
        done.rows = rows;
        done.bytes += bytes;
      },
    });
    response.addTrailers({ 'collabnet-outcome': 'complete', 'collabnet-rows': String(done.rows) });
    await finished(response);
  } catch (error) {
    done.outcome = codeOf(error);
    response.destroy();
    throw error;
  } finally {
    watch.stop();
    watch.signal.removeEventListener('abort', cut);
    context.log.finish(open.sequence, done);
    context.metrics.open.dec();
    context.metrics.rows.inc(done.rows);
    context.metrics.bytes.inc(done.bytes);
    context.metrics.seconds.observe((context.now() - started) / 1000);
    context.metrics.reads.inc({ outcome: done.outcome });
    context.logger.info({ read: read.record.id, ...taskFields(read.capability), asset: read.record.asset, rows: done.rows, bytes: done.bytes, outcome: done.outcome }, 'read ended');
  }
}

function finished(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('close', () => (response.writableFinished ? resolve() : reject(new ProxyError('CLIENT_ABORTED', 'The reader closed the connection before the end.'))));
    response.end(resolve);
  });
}

function assertScope(context: ProxyContext, capability: ReadCapability, bodyAsset: string | undefined, columns: readonly string[]): AssetDefinition {
  if (bodyAsset !== undefined && bodyAsset !== capability.asset) throw scope('asset', `is for asset ${capability.asset}`);
  const foreign = columns.find((name) => !capability.columns.includes(name));
  if (foreign !== undefined) throw scope('columns', `does not cover column ${foreign}`);
  if (new Set(columns).size !== columns.length) throw scope('columns', 'or request names a column twice');
  const asset = context.config.asset(capability.networkId, capability.asset);
  if (!asset) throw new ProxyError('ASSET_UNKNOWN', `Asset ${capability.asset} is not served here.`, { field: 'asset' });
  if (asset.version !== undefined && asset.version !== capability.assetVersion) {
    throw new ProxyError('ASSET_VERSION', `Asset ${capability.asset}: version ${capability.assetVersion} was granted, version ${asset.version} is served.`, { field: 'assetVersion' });
  }
  const unknown = columns.find((name) => !asset.columns.some((column) => column.name === name));
  if (unknown !== undefined) throw new ProxyError('COLUMN_UNKNOWN', `Column ${unknown} is not declared for asset ${asset.assetId}.`, { field: 'columns' });
  return asset;
}

async function assertContent(
  context: ProxyContext, source: OpenSource, asset: AssetDefinition, capability: ReadCapability, pass: GatePass, columns: readonly string[],
): Promise<void> {
  if (capability.fingerprint !== undefined && pass.fingerprint !== undefined && capability.fingerprint !== pass.fingerprint) throw inputChanged(asset);
  const frozen = frozenOf(capability);
  // Before anything is disclosed or counted; a change from now on is found while the rows stream.
  if (frozen && (await currentFingerprint(context, source, asset, frozen.salt)) !== frozen.fingerprint) throw inputChanged(asset);
  await assertSetSize(source, asset, columns, Math.max(asset.minimumSetSize, pass.minimumSetSize));
}

/**
 * The last check before the first byte. Which rule refuses is for the owner's log: it tells about the data, and the answer
 * ends up on the ledger.
 */
async function spendDisclosure(context: ProxyContext, source: OpenSource, asset: AssetDefinition, { networkId, flowId, step, attempt }: ReadCapability): Promise<void> {
  const content = await profileKey(source, asset, new Uint8Array(0));
  const population = await context.populations.of(content, source, asset);
  const fault = context.disclosures.spend({ network: networkId, asset, flow: flowId, population });
  if (fault === undefined) return;
  context.logger.warn({ asset: asset.assetId, ...taskFields({ flowId, step, attempt }), rule: fault.code, why: fault.message }, 'disclosure refused');
  throw new ProxyError('DISCLOSURE_REFUSED', `Asset ${asset.assetId}: the owner's disclosure rules do not allow this read; its data proxy has logged which.`, { field: 'disclosure' });
}

function frozenOf(capability: ReadCapability): { fingerprint: string; salt: Uint8Array } | undefined {
  const { fingerprint, fingerprintSalt } = capability;
  return fingerprint !== undefined && fingerprintSalt !== undefined ? { fingerprint, salt: fromBase64Url(fingerprintSalt) } : undefined;
}

async function readBody(request: IncomingMessage): Promise<z.infer<typeof narrowing>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > 64 * 1024) throw new ProxyError('INVALID_ARGUMENT', 'body: at most 64 KiB.', { field: 'body' });
  }
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch (cause) {
    throw new ProxyError('INVALID_ARGUMENT', 'body: not JSON.', { field: 'body', cause });
  }
  const parsed = narrowing.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProxyError('INVALID_ARGUMENT', `body: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}.`, { field: issue?.path.join('.') ?? 'body' });
}

function scope(field: string, what: string): ProxyError {
  return new ProxyError('CAPABILITY_SCOPE', `Capability: ${what}.`, { field });
}

function reused(): ProxyError {
  return new ProxyError('CAPABILITY_REUSED', 'Capability: used before; each opens one read, ask for a new one.', { field: 'id' });
}

/** Code under which a failure is recorded. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : 'INTERNAL';
}
