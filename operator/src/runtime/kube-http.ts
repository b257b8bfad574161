import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { Clock } from './clock.ts';
import { sleep, systemClock } from './clock.ts';
import type { Credentials, KubeConnection } from './kube-config.ts';
import { linkedSignal } from './linked-signal.ts';
import { fromStatus, fromTransport, isKubeError } from './kube-error.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whole call; default 30 s. Not used by streams. */
  readonly timeoutMs?: number | undefined;
}

const CREDENTIALS_TTL_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_RETRIES = 3;
const CONNECTIONS = 32;

/**
 * HTTPS to one API server. HTTP/1.1 on purpose: one cut connection must not take all watches with it.
 * Calls and streams have separate pools, so that watches never starve calls.
 */
export class KubeHttp {
  readonly #connection: KubeConnection;
  readonly #clock: Clock;
  #cached: { at: number; value: Credentials } | undefined;
  #agents: { fingerprint: string; calls: Agent; streams: Agent } | undefined;
  #closed = false;

  constructor(connection: KubeConnection, clock: Clock = systemClock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Sends one call and returns the decoded JSON. Throttled calls, and reads cut on the way, are sent again. */
  async json<T>(call: HttpCall): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once<T>(call);
      } catch (error) {
        const delay = retryDelay(error, call, attempt);
        if (delay === undefined) throw error;
        await sleep(this.#clock, delay, call.signal);
      }
    }
  }

  /** Opens a streaming GET. The caller owns the returned body and must destroy it. */
  async stream(call: Omit<HttpCall, 'method'>): Promise<Readable> {
    const what = `GET ${call.path}`;
    try {
      const { agents, headers } = await this.#prepare();
      const response = await abortable(
        call.signal,
        request(this.#url(call), {
          method: 'GET',
          headers: { ...headers, accept: call.accept ?? 'application/json' },
          dispatcher: agents.streams,
          headersTimeout: DEFAULT_TIMEOUT_MS,
          bodyTimeout: 0,
          ...(call.signal && { signal: call.signal }),
        }),
      );
      if (response.statusCode === 200) return response.body;
      const text = await response.body.text();
      throw fromStatus(response.statusCode, parse(text), what, header(response.headers, 'retry-after'));
    } catch (error) {
      throw fromTransport(error, what, call.signal);
    }
  }

  /** Drops all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    const agents = this.#agents;
    this.#agents = undefined;
    await Promise.all([agents?.calls.destroy(), agents?.streams.destroy()]);
  }

  async #once<T>(call: HttpCall): Promise<T> {
    const what = `${call.method} ${call.path}`;
    using linked = linkedSignal([call.signal], call.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const { signal } = linked;
    try {
      const { agents, headers } = await this.#prepare();
      const response = await abortable(
        signal,
        request(this.#url(call), {
          method: call.method,
          headers: {
            ...headers,
            accept: call.accept ?? 'application/json',
            ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
          },
          ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
          dispatcher: agents.calls,
          signal,
        }),
      );
      const text = await response.body.text();
      if (response.statusCode < 300) return parse(text) as T;
      if (response.statusCode === 401) this.#cached = undefined;
      throw fromStatus(response.statusCode, parse(text), what, header(response.headers, 'retry-after'));
    } catch (error) {
      throw fromTransport(error, what, signal);
    }
  }

  #url(call: Pick<HttpCall, 'path' | 'query'>): URL {
    const url = new URL(this.#connection.server + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
    }
    return url;
  }

  async #prepare(): Promise<{ agents: { calls: Agent; streams: Agent }; headers: Credentials['headers'] }> {
    if (this.#closed) throw new Error('client is closed');
    const now = this.#clock.monotonic();
    if (!this.#cached || now - this.#cached.at > CREDENTIALS_TTL_MS) {
      this.#cached = { at: now, value: await this.#connection.credentials() };
    }
    const { headers, tls } = this.#cached.value;
    const fingerprint = createHash('sha256')
      .update(JSON.stringify(tls, (_key, value: unknown) => value?.toString()))
      .digest('hex');
    if (this.#agents?.fingerprint !== fingerprint) {
      // Old connections finish by themselves: open watches stay valid until the server ends them.
      void this.#agents?.calls.close().catch(() => undefined);
      void this.#agents?.streams.close().catch(() => undefined);
      const common = {
        connect: { ...defined(tls), timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 15_000 },
        allowH2: false,
      };
      this.#agents = {
        fingerprint,
        calls: new Agent({ ...common, connections: CONNECTIONS }),
        streams: new Agent(common),
      };
    }
    return { agents: this.#agents, headers };
  }
}

/** undici heeds a signal only once it is connected; a server that accepts and is silent must not hold up a stop. */
async function abortable<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  // Nobody awaits the loser of the race.
  work.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function retryDelay(error: unknown, call: HttpCall, attempt: number): number | undefined {
  if (attempt >= MAX_RETRIES || call.signal?.aborted || !isKubeError(error)) return undefined;
  // 429 and 503 with Retry-After were refused before they had any effect.
  if (error.retryAfterMs !== undefined && (error.code === 'KUBE_THROTTLED' || error.code === 'KUBE_UNAVAILABLE')) {
    return Math.min(error.retryAfterMs, 10_000);
  }
  const cut = error.code === 'KUBE_UNAVAILABLE' && error.status === undefined;
  return cut && call.method === 'GET' && attempt === 0 ? 50 : undefined;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}

function header(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<T>;
}
