import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { parseProblem } from '@collabnet/capability';
import type { ClientTls } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';

export interface Call {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ClientTls;
  readonly body: string | Readable;
  readonly signal: AbortSignal;
}

/** One request over mTLS on a connection of its own. @throws the connection error */
export function call(options: Call): Promise<IncomingMessage> {
  const { url, method, headers, tls, body, signal } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, signal, minVersion: 'TLSv1.3', ...tls });
    let answered = false;
    outgoing.once('response', (response) => {
      answered = true;
      resolve(response);
    });
    outgoing.once('error', (error) => {
      if (!answered) reject(error);
    });
    if (typeof body === 'string') outgoing.end(body);
    // A door may answer before it has read everything; then the answer counts.
    else pipeline(body, outgoing).catch((error: unknown) => (answered ? undefined : reject(error as Error)));
  });
}

/** The body of an answer, as far as anybody would read it. */
export async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > 65_536) break;
  }
  return text;
}

/** Turns an answer that is no success into an error `<prefix>_<code of the problem>`. */
export async function refusalOf(response: IncomingMessage, prefix: string): Promise<CourierError> {
  const text = await textOf(response);
  const status = response.statusCode ?? 0;
  const problem = parseProblem(response.headers['content-type'], text);
  const code = problem && /^[A-Z][A-Z0-9_]{0,63}$/.test(problem.code) ? problem.code : `HTTP_${status}`;
  const detail = problem?.detail ?? `answered ${status}`;
  return new CourierError(`${prefix}_${code}`, detail.slice(0, 500), { retryable: status >= 500 });
}
