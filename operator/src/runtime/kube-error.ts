/** Stable codes of {@link KubeError}. */
export type KubeErrorCode =
  | 'KUBE_BAD_REQUEST'
  | 'KUBE_UNAUTHORIZED'
  | 'KUBE_FORBIDDEN'
  | 'KUBE_NOT_FOUND'
  | 'KUBE_CONFLICT'
  | 'KUBE_ALREADY_EXISTS'
  | 'KUBE_GONE'
  | 'KUBE_INVALID'
  | 'KUBE_THROTTLED'
  | 'KUBE_TIMEOUT'
  | 'KUBE_UNAVAILABLE'
  | 'KUBE_INTERNAL'
  | 'KUBE_CANCELLED'
  | 'KUBE_CONFIG';

export interface KubeErrorOptions {
  readonly status?: number | undefined;
  /** `reason` of the API's Status object. */
  readonly reason?: string | undefined;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Any failure of talking to the API server. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: KubeErrorCode, message: string, options: KubeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.reason = options.reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export function isKubeError(error: unknown, ...codes: KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}
export const isNotFound = (error: unknown): boolean => isKubeError(error, 'KUBE_NOT_FOUND');
export const isConflict = (error: unknown): boolean => isKubeError(error, 'KUBE_CONFLICT', 'KUBE_ALREADY_EXISTS');

const BY_STATUS: Readonly<Record<number, KubeErrorCode>> = {
  400: 'KUBE_BAD_REQUEST',
  401: 'KUBE_UNAUTHORIZED',
  403: 'KUBE_FORBIDDEN',
  404: 'KUBE_NOT_FOUND',
  408: 'KUBE_TIMEOUT',
  409: 'KUBE_CONFLICT',
  410: 'KUBE_GONE',
  415: 'KUBE_BAD_REQUEST',
  422: 'KUBE_INVALID',
  429: 'KUBE_THROTTLED',
  502: 'KUBE_UNAVAILABLE',
  503: 'KUBE_UNAVAILABLE',
  504: 'KUBE_TIMEOUT',
};

/** Turns an answer's HTTP status and Status body (when there is one) into an error. */
export function fromStatus(httpStatus: number, body: unknown, what: string, retryAfter?: string): KubeError {
  const status = (typeof body === 'object' && body !== null ? body : {}) as {
    message?: unknown;
    reason?: unknown;
    code?: unknown;
    details?: { retryAfterSeconds?: unknown };
  };
  const code = typeof status.code === 'number' && status.code > 0 ? status.code : httpStatus;
  const reason = typeof status.reason === 'string' ? status.reason : undefined;
  const seconds = Number(retryAfter ?? status.details?.retryAfterSeconds);
  const kind = reason === 'AlreadyExists' ? 'KUBE_ALREADY_EXISTS' : (BY_STATUS[code] ?? 'KUBE_INTERNAL');
  const text = typeof status.message === 'string' ? status.message : `HTTP ${code}`;
  return new KubeError(kind, `${what}: ${text}`, {
    status: code,
    reason,
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
  });
}

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/** Turns a transport failure (socket, TLS, abort, time-out) into an error. */
export function fromTransport(error: unknown, what: string, signal?: AbortSignal): KubeError {
  if (error instanceof KubeError) return error;
  if (signal?.aborted) {
    const timedOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
    return new KubeError(
      timedOut ? 'KUBE_TIMEOUT' : 'KUBE_CANCELLED',
      `${what}: ${timedOut ? 'timed out' : 'cancelled'}`,
      { cause: error },
    );
  }
  const code = (error as { code?: unknown } | undefined)?.code;
  const kind = typeof code === 'string' && TIMEOUTS.has(code) ? 'KUBE_TIMEOUT' : 'KUBE_UNAVAILABLE';
  const detail =
    error instanceof Error ? error.message || (typeof code === 'string' ? code : error.name) : 'connection failed';
  return new KubeError(kind, `${what}: ${detail}`, { cause: error });
}
