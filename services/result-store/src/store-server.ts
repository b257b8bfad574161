import type { IncomingMessage, ServerResponse } from 'node:http';
import { CapabilityError, capabilityHeader, mtlsServer, peerCertificate, requestSignatureHeaders, sendProblem } from '@collabnet/capability';
import type { MtlsServer, PeerCertificate, Problem } from '@collabnet/capability';
import { authorisePerson } from './authorise-person.ts';
import { StoreError } from './errors.ts';
import { fetchForStep } from './fetch-handler.ts';
import { metadataHeaders, sendResult } from './get-handler.ts';
import { handlePut } from './put-handler.ts';
import { isShare } from './model-share.ts';
import type { ResultId } from './result-id.ts';
import { resultId } from './result-id.ts';
import type { StoreContext } from './store-context.ts';

/** Common name of the client certificate that only the operator of the institution holds. */
const operatorName = 'operator';

/**
 * Serves the API over TLS until closed. Persons have keys but no client certificates: a request without one must be
 * signed by a person, all others need a certificate of the institution CA.
 *
 * @throws the file or listen error
 */
export async function startStore(context: StoreContext): Promise<MtlsServer> {
  const { listen, tls } = context.config.current;
  return mtlsServer({
    files: tls,
    port: listen.port,
    host: listen.host,
    anonymousClients: true,
    handler: (request, response) => void answer(context, request, response),
    onError: (what, error) => {
      if (what === 'reload') context.logger.error({ err: error }, 'certificate files could not be reloaded');
    },
  });
}

async function answer(context: StoreContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined);
  request.on('error', () => undefined);
  try {
    await route(context, request, response);
  } catch (error) {
    const problem = problemOf(error);
    context.logger[problem.status >= 500 ? 'error' : 'warn']({ err: error, method: request.method, code: problem.code }, 'request refused');
    if (!response.headersSent) context.metrics.requests.inc({ action: request.method === 'PUT' ? 'Put' : 'Get', outcome: problem.code });
    sendProblem(response, problem);
    // What is left of an upload is not read; the client gets the answer, then the end of the connection.
    if (!request.complete) response.once('finish', () => request.destroy());
  }
}

async function route(context: StoreContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://store');
  const peer = peerCertificate(request);
  if (url.pathname === '/v1/results' && request.method === 'GET') return list(context, peer, request, url, response);
  if (url.pathname === '/v1/accesses' && request.method === 'GET') {
    needOperator(peer);
    return json(response, { items: context.log.list(number(url, 'after', 0, Number.MAX_SAFE_INTEGER), number(url, 'limit', 100, 1000)) });
  }
  const match = /^\/v1\/results\/([^/]+)\/([^/]+)\/([^/]+?)(\/metadata)?$/.exec(url.pathname);
  if (!match) throw new StoreError('NOT_FOUND', 'Paths: /v1/results, /v1/results/<flow>/<step>/<output>[/metadata], /v1/accesses.');
  const id = resultId(match[1] ?? '', match[2] ?? '', match[3] ?? '');
  if (match[4]) return metadata(context, peer, id, request, response);
  switch (request.method) {
    case 'PUT':
      return handlePut(context, needCertificate(peer), id, request, response);
    case 'GET':
      return request.headers[capabilityHeader] === undefined ? get(context, id, request, response) : fetchForStep(context, needCertificate(peer), id, request, response);
    case 'HEAD':
      return head(context, peer, id, response);
    case 'DELETE':
      return remove(context, needOperator(peer), id, response);
    default:
      throw new StoreError('METHOD_NOT_ALLOWED', 'Use PUT, GET, HEAD or DELETE here.', { field: 'method' });
  }
}

async function get(context: StoreContext, id: ResultId, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Only the record says whose network it is; a stranger learns the same from a missing result and a refused one.
  const opened = await context.files.read(id);
  try {
    const networkId = opened?.metadata.networkId ?? context.config.current.networks[0]?.networkId ?? '';
    const who = await authorisePerson(context.gate, context.log, networkId, request, context.now());
    if (!opened) throw new StoreError('NOT_FOUND', 'No such result.');
    if (isShare(opened.metadata)) throw new StoreError('MODEL_SHARE', 'This is a share of a model, which only steps of its task use; name Predict or Explain in the task.');
    await sendResult(context, who, id, opened, response);
  } finally {
    await opened?.close();
  }
}

async function metadata(context: StoreContext, peer: PeerCertificate | undefined, id: ResultId, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET') throw new StoreError('METHOD_NOT_ALLOWED', 'Use GET here.', { field: 'method' });
  const found = await context.files.metadata(id);
  if (!isOperator(peer)) await authorisePerson(context.gate, context.log, found?.networkId ?? context.config.current.networks[0]?.networkId ?? '', request, context.now());
  if (!found) throw new StoreError('NOT_FOUND', 'No such result.');
  json(response, found);
}

async function head(context: StoreContext, peer: PeerCertificate | undefined, id: ResultId, response: ServerResponse): Promise<void> {
  needOperator(peer);
  const found = await context.files.metadata(id);
  if (!found) throw new StoreError('NOT_FOUND', 'No such result.');
  response.writeHead(200, metadataHeaders(found)).end();
}

async function remove(context: StoreContext, peer: PeerCertificate, id: ResultId, response: ServerResponse): Promise<void> {
  if (!(await context.files.remove(id))) throw new StoreError('NOT_FOUND', 'No such result.');
  context.log.record({ action: 'Delete', who: peer.commonName, ...id, bytes: 0, outcome: 'Complete' });
  response.writeHead(204).end();
}

/** Results of one network: a person sees those of the network its DID is in, the operator all. */
async function list(context: StoreContext, peer: PeerCertificate | undefined, request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
  const signer = request.headers[requestSignatureHeaders.signer];
  const network = isOperator(peer) ? undefined : context.config.current.networks.find((entry) => typeof signer === 'string' && signer.startsWith(`${networkPrefix(entry.did)}:`));
  if (!isOperator(peer)) await authorisePerson(context.gate, context.log, network?.networkId ?? '', request, context.now());
  const page = await context.files.list({ flowId: url.searchParams.get('flow') ?? undefined, after: url.searchParams.get('after') ?? undefined, limit: number(url, 'limit', 100, 1000) });
  const items = await Promise.all(page.items.map(async (id) => (await context.files.metadata(id).catch(() => undefined)) ?? { ...id, damaged: true }));
  const visible = network ? items.filter((item) => 'networkId' in item && item.networkId === network.networkId) : items;
  json(response, { items: visible, ...(page.next !== undefined && { next: page.next }) });
}

/** `did:collab:<network>` of a DID. */
function networkPrefix(did: string): string {
  return did.split(':').slice(0, 3).join(':');
}

function isOperator(peer: PeerCertificate | undefined): boolean {
  return peer?.commonName === operatorName;
}

function needOperator(peer: PeerCertificate | undefined): PeerCertificate {
  if (!isOperator(peer)) throw new StoreError('FORBIDDEN', 'Only the operator of the institution may ask this.');
  return needCertificate(peer);
}

function needCertificate(peer: PeerCertificate | undefined): PeerCertificate {
  if (!peer) throw new StoreError('CLIENT_CERTIFICATE', 'Connect with a client certificate of the institution.');
  return peer;
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));
}

function number(url: URL, name: string, fallback: number, most: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || value > most) throw new StoreError('INVALID_ARGUMENT', `${name}: a whole number up to ${most}.`, { field: name });
  return value;
}

const statuses: Readonly<Record<string, number>> = {
  CAPABILITY_MISSING: 401, CAPABILITY_MALFORMED: 400, CAPABILITY_REUSED: 409, CLIENT_CERTIFICATE: 401, INVALID_ARGUMENT: 400, NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405, RESULT_EXISTS: 409, RESULT_BUSY: 503, RESULT_TOO_LARGE: 413, STORE_FULL: 507, UPLOAD_ABORTED: 400,
  REQUEST_MALFORMED: 401, REQUEST_DATE: 401, REQUEST_SIGNATURE: 401, REQUEST_REPLAYED: 401, PERSON_UNKNOWN: 401, LEDGER_UNAVAILABLE: 503,
  RESULT_CORRUPT: 500, STORE_KEY: 500,
};

/** Every refusal as a problem; what is no refusal is told as INTERNAL without its message. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof StoreError || error instanceof CapabilityError)) return { status: 500, code: 'INTERNAL', title: 'Internal error' };
  return { status: statuses[error.code] ?? 403, code: error.code, title: 'Refused', detail: error.message, field: error.field };
}
