import type { ServerResponse } from 'node:http';

/** An HTTP refusal after RFC 9457. */
export interface Problem {
  /** HTTP status code. */
  readonly status: number;
  /** Stable UPPER_SNAKE code that programs decide by. */
  readonly code: string;
  readonly title: string;
  /** What is wrong here and how to put it right. */
  readonly detail?: string | undefined;
  /** Input at fault. */
  readonly field?: string | undefined;
  /** More members, for example line and column of a file. */
  readonly extra?: Readonly<Record<string, string | number>> | undefined;
}

export const problemContentType = 'application/problem+json';

/** Answers with `application/problem+json`; when the headers are out already the connection is cut instead. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { extra, ...members } = problem;
  const body = Buffer.from(JSON.stringify({ type: `https://collabnet.dev/problems/${problem.code}`, ...members, ...extra }));
  response.writeHead(problem.status, {
    'content-type': problemContentType,
    'content-length': body.length,
    'cache-control': 'no-store',
    // What is left of an unread upload must not be read as the next request.
    connection: 'close',
  });
  response.end(body);
}

/** Parses a problem from a response body; undefined when it is none. */
export function parseProblem(contentType: string | undefined, body: string): Problem | undefined {
  if (!contentType?.startsWith(problemContentType)) return undefined;
  try {
    const value = JSON.parse(body) as Partial<Problem>;
    return typeof value.code === 'string' && typeof value.status === 'number' ? { title: value.code, ...value, code: value.code, status: value.status } : undefined;
  } catch {
    return undefined;
  }
}
