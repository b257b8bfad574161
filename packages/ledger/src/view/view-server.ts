import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@collabnet/telemetry';
import { LedgerError } from '../errors.ts';
import { answer, type ViewAnswer } from './view-routes.ts';
import type { ViewedLedgers } from './views.ts';

const STATUS: Readonly<Record<string, number>> = { NOT_FOUND: 404, INVALID_ARGUMENT: 400, UNAVAILABLE: 503, STALE: 503, DIVERGED: 409 };

export interface LedgerViewServerOptions {
  readonly ledgers: ViewedLedgers;
  /** 0 picks a free one. */
  readonly port: number;
  readonly logger: Pick<Logger, 'error'>;
}

/**
 * Serves the verified ledgers of this process to `kubectl collabnet ledger`. Bound to loopback: it is reached by
 * port-forward, which the cluster authorises. A standby serves as well, since it verifies for itself.
 */
export class LedgerViewServer {
  readonly name = 'ledger-view';
  readonly leaderOnly = false;
  readonly #options: LedgerViewServerOptions;
  readonly #server: Server;

  constructor(options: LedgerViewServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** The port in use. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#options.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.listen();
    if (!signal.aborted) await once(signal, 'abort');
    this.close();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method !== 'GET') throw new LedgerError('INVALID_ARGUMENT', 'method: only GET is answered');
      await write(await answer(this.#options.ledgers, new URL(request.url ?? '/', 'http://localhost')), response);
    } catch (error) {
      this.#refuse(error, response);
    }
  }

  #refuse(error: unknown, response: ServerResponse): void {
    const known = error instanceof LedgerError;
    if (!known || response.headersSent) this.#options.logger.error({ err: error }, 'the ledger cannot be shown');
    // Half an answer must not pass for a whole one.
    if (response.headersSent) return void response.destroy();
    const status = known ? (STATUS[error.code] ?? 500) : 500;
    const problem = { title: known ? error.code : 'INTERNAL', status, detail: known ? error.message : 'the operator failed; its log names the cause' };
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  }
}

/** The header is sent with the first chunk, so that what goes wrong before has a status of its own. */
async function write({ type, chunks }: ViewAnswer, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for await (const chunk of chunks) {
    if (!response.headersSent) response.writeHead(200, { 'content-type': type });
    if (response.destroyed) return;
    // Ends also when nobody reads any more.
    if (!response.write(chunk)) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
  }
  response.end();
}
