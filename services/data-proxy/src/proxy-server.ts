import type { IncomingMessage, ServerResponse } from 'node:http';
import { CapabilityError, mtlsServer, peerCertificate, sendProblem } from '@collabnet/capability';
import type { MtlsServer, PeerCertificate, Problem } from '@collabnet/capability';
import { ProxyError } from './errors.ts';
import { handleProfile, saltHeader } from './profile-handler.ts';
import type { ProxyContext } from './proxy-context.ts';
import { codeOf, handleRead } from './read/read-handler.ts';
import { taskOfRefusal } from './read/refused-read.ts';

/** Common name of the client certificate that only the operator of the institution holds. */
const operatorName = 'operator';
/** Header of every answer: the revision that the operator gave to the configuration. */
const revisionHeader = 'collabnet-config-revision';

/** Serves the API over mTLS until closed. @throws the file or listen error */
export async function startProxy(context: ProxyContext): Promise<MtlsServer> {
  const { listen, tls } = context.config.current;
  return mtlsServer({
    files: tls,
    port: listen.port,
    host: listen.host,
    handler: (request, response) => void answer(context, request, response),
    onError: (what, error) => {
      if (what === 'handshake') context.metrics.handshakes.inc();
      else context.logger.error({ err: error }, 'certificate files could not be reloaded');
    },
  });
}

async function answer(context: ProxyContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined);
  const { revision } = context.config.current;
  if (revision !== undefined) response.setHeader(revisionHeader, revision);
  try {
    const peer = peerCertificate(request);
    if (!peer) throw new ProxyError('CLIENT_CERTIFICATE', 'Connect with a client certificate of the institution.');
    await route(context, peer, request, response);
  } catch (error) {
    const problem = problemOf(error);
    const level = problem.status >= 500 ? 'error' : 'warn';
    context.logger[level]({ err: error, path: request.url?.split('?')[0], code: problem.code, ...taskOfRefusal(error) }, 'request refused');
    if (!response.headersSent) context.metrics.reads.inc({ outcome: problem.code });
    sendProblem(response, problem);
  }
}

async function route(context: ProxyContext, peer: PeerCertificate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://proxy');
  const isOperator = peer.commonName === operatorName;
  const need = (method: string): void => {
    if (request.method !== method) throw new ProxyError('METHOD_NOT_ALLOWED', `Use ${method} here.`, { field: 'method' });
  };
  const needOperator = (): void => {
    if (!isOperator) throw new ProxyError('FORBIDDEN', 'Only the operator of the institution may ask this.');
  };
  const json = (value: unknown): void => void response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));
  const [, readId] = /^\/v1\/reads\/([A-Za-z0-9_-]{1,128})$/.exec(url.pathname) ?? [];
  if (url.pathname === '/v1/read') {
    need('POST');
    await withTurn(context, () => handleRead(context, peer, request, response));
  } else if (url.pathname === '/v1/profile') {
    need('GET');
    needOperator();
    const salt = request.headers[saltHeader];
    await withTurn(context, () => handleProfile(context, url.searchParams, typeof salt === 'string' ? salt : undefined, response));
  } else if (url.pathname === '/v1/reads') {
    need('GET');
    needOperator();
    json({ items: context.log.list(pageNumber(url, 'after', 0, Number.MAX_SAFE_INTEGER), pageNumber(url, 'limit', 100, 1000)) });
  } else if (readId !== undefined) {
    need('GET');
    const read = context.log.byCapability(readId);
    if (!read || (!isOperator && read.certificate !== peer.fingerprint)) throw new ProxyError('NOT_FOUND', 'No such read of this certificate.');
    json(read);
  } else {
    throw new ProxyError('NOT_FOUND', 'Paths: /v1/read, /v1/profile, /v1/reads.');
  }
}

const turns = new WeakMap<ProxyContext, number>();

/** Bounds what runs at once: each read holds a parser and some batches. */
async function withTurn(context: ProxyContext, work: () => Promise<void>): Promise<void> {
  const running = turns.get(context) ?? 0;
  const most = context.config.current.maxConcurrentReads;
  if (running >= most) throw new ProxyError('BUSY', `${most} reads are running; try again later.`);
  turns.set(context, running + 1);
  try {
    await work();
  } finally {
    turns.set(context, (turns.get(context) ?? 1) - 1);
  }
}

function pageNumber(url: URL, name: string, fallback: number, most: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || value > most) throw new ProxyError('INVALID_ARGUMENT', `${name}: a whole number up to ${most}.`, { field: name });
  return value;
}

const statuses: Readonly<Record<string, number>> = {
  CAPABILITY_MISSING: 401, CAPABILITY_MALFORMED: 400, CAPABILITY_REUSED: 409, CLIENT_CERTIFICATE: 401, INVALID_ARGUMENT: 400,
  NOT_FOUND: 404, ASSET_UNKNOWN: 404, METHOD_NOT_ALLOWED: 405, ASSET_VERSION: 409, INPUT_CHANGED: 409, COLUMN_UNKNOWN: 422,
  SET_TOO_SMALL: 422, BUSY: 503, LEDGER_UNAVAILABLE: 503, SOURCE_UNREADABLE: 503,
};

/** Every refusal as a problem; what is no refusal is told as INTERNAL without its message. */
export function problemOf(error: unknown): Problem {
  if (isStorageFull(error)) {
    return { status: 507, code: 'STORAGE_FULL', title: 'Insufficient storage', detail: 'The volume of the read log is full, and no read begins without its record; enlarge its claim.' };
  }
  if (!(error instanceof ProxyError || error instanceof CapabilityError)) return { status: 500, code: 'INTERNAL', title: 'Internal error' };
  const code = codeOf(error);
  // Faults of the data are 422; everything else that is refused is 403.
  const status = statuses[code] ?? (code.startsWith('SOURCE_') ? 422 : 403);
  const location = error instanceof ProxyError ? error.location : undefined;
  return {
    status, code, title: 'Refused', detail: error.message, field: error.field,
    ...(location && { extra: { file: location.file, ...(location.line !== undefined && { line: location.line }), ...(location.column !== undefined && { column: location.column }) } }),
  };
}

const SQLITE_FULL = 13;

function isStorageFull(error: unknown): boolean {
  return error instanceof Error && ((error as { errcode?: unknown }).errcode === SQLITE_FULL || (error as NodeJS.ErrnoException).code === 'ENOSPC');
}
