import { CliError } from '../base/errors.ts';

interface ApiFailure {
  code?: unknown;
  body?: unknown;
}

/** The message of an API server's Status, or of the connection's error. */
export function asCliError(cause: unknown, what: string): CliError {
  if (cause instanceof CliError) return cause;
  const { code, body } = cause as ApiFailure;
  if (typeof code !== 'number') {
    const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
    return new CliError('CLUSTER_UNREACHABLE', `${what}: the cluster did not answer (${reason}); check --kubeconfig and --context`, { cause });
  }
  const message = statusMessage(body);
  if (code === 404) {
    const missing = /could not find the requested resource|404 page not found/.test(message) ? 'the kinds of collabnet are not installed; install the chart collabnet-crds' : message;
    return new CliError('NOT_FOUND', `${what}: ${missing}`, { cause });
  }
  if (code === 401 || code === 403) return new CliError('CLUSTER_REFUSED', `${what}: ${message}; ask the administrator of the namespace for the role collabnet-edit`, { cause });
  return new CliError('CLUSTER_REFUSED', `${what}: ${message}`, { cause });
}

function statusMessage(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'message' in body) return String((body).message);
  if (typeof body !== 'string') return 'refused';
  try {
    const parsed = JSON.parse(body) as { message?: unknown };
    return typeof parsed.message === 'string' ? parsed.message : body.slice(0, 300);
  } catch {
    return body.slice(0, 300);
  }
}
