import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { scrub } from './redact.ts';

export interface ProbeResult {
  readonly ok: boolean;
  /** Why not, in words for the person who reads `kubectl describe`. */
  readonly reason?: string | undefined;
}
export type Probe = () => ProbeResult | Promise<ProbeResult>;

export interface EndpointOptions {
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** Default: all addresses. */
  readonly host?: string | undefined;
  /** Default: always ready. */
  readonly ready?: Probe | undefined;
  /** Default: alive as long as the event loop answers. */
  readonly live?: Probe | undefined;
  readonly registry: Registry;
  /** A probe slower than this counts as failed. Default 2000 ms. */
  readonly probeTimeoutMs?: number | undefined;
}

export interface HttpEndpoints {
  readonly port: number;
  /** Stops listening and drops open connections. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Serves `/metrics` (Prometheus text), `/healthz` and `/readyz` (200 `ok`, or 503 with the reason).
 *
 * @throws the listen error (`EADDRINUSE`, …)
 */
export async function startHttpEndpoints(options: EndpointOptions): Promise<HttpEndpoints> {
  const server = createServer((request, response) => {
    route(options, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(error instanceof Error ? scrub(error.message) : 'internal error');
    });
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  let closing: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      (closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })),
  };
}

async function route(options: EndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const path = (request.url ?? '/').split('?')[0];
  if (path === '/metrics') {
    const body = await options.registry.metrics();
    response.writeHead(200, { 'content-type': options.registry.contentType }).end(body);
  } else if (path === '/healthz' || path === '/readyz') {
    const probe = path === '/healthz' ? options.live : options.ready;
    const result = await runProbe(probe, options.probeTimeoutMs ?? 2_000);
    response.writeHead(result.ok ? 200 : 503, { 'content-type': 'text/plain' });
    response.end(result.ok ? 'ok\n' : `${scrub(result.reason ?? 'not ready')}\n`);
  } else {
    response.writeHead(404).end();
  }
}

async function runProbe(probe: Probe | undefined, timeoutMs: number): Promise<ProbeResult> {
  if (!probe) return { ok: true };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<ProbeResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: `probe took longer than ${timeoutMs} ms` }), timeoutMs);
  });
  try {
    return await Promise.race([Promise.resolve(probe()), timeout]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'probe failed' };
  } finally {
    clearTimeout(timer);
  }
}
