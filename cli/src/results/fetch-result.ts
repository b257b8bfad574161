import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { signRequest } from '@collabnet/capability';
import { CliError } from '../base/errors.ts';

export interface FetchOptions {
  readonly port: number;
  /** PEM of the institution's certificate authority. */
  readonly ca: string;
  /** Name in the server's certificate. */
  readonly serverName: string;
  readonly flow: string;
  readonly step: string;
  readonly output: string;
  readonly signer: { readonly did: string; readonly keyId: string };
  readonly sign: (message: string) => Promise<string>;
}

/**
 * Streams a result into a file, which appears under its name only when it is whole.
 *
 * @param target - path, or `-` for standard output
 * @throws CliError REFUSED, NOT_FOUND, TRANSFER_FAILED
 */
export async function fetchResult(options: FetchOptions, target: string): Promise<{ bytes: number; sha256: string }> {
  const path = `/v1/results/${[options.flow, options.step, options.output].map(encodeURIComponent).join('/')}`;
  const { did, keyId } = options.signer;
  const headers = await signRequest({ method: 'GET', path, signer: did, keyId }, options.sign);
  const response = await get(options, path, headers);
  if (response.statusCode !== 200) throw await refusal(response);
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  if (target === '-') {
    await pipeline(response, count, process.stdout, { end: false });
  } else {
    await toFile(response, count, target);
  }
  const expected = response.headers['content-length'];
  if (expected !== undefined && Number(expected) !== bytes) {
    throw new CliError('TRANSFER_FAILED', `only ${bytes} of ${expected} bytes arrived; try again`);
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function toFile(response: IncomingMessage, count: Transform, target: string): Promise<void> {
  const partial = `${target}.part`;
  try {
    await pipeline(response, count, createWriteStream(partial, { mode: 0o600 }));
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new CliError('TRANSFER_FAILED', `${target}: the result could not be written whole (${cause instanceof Error ? cause.message : 'unknown'}); try again`, { cause });
  }
}

function get(options: FetchOptions, path: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: options.port, path, method: 'GET', headers, ca: options.ca, servername: options.serverName, timeout: 60_000 }, resolve);
    sent
      .on('timeout', () => sent.destroy(new Error('no answer within 60 s')))
      .on('error', (cause) => reject(new CliError('TRANSFER_FAILED', `the result store did not answer: ${cause.message}`, { cause })))
      .end();
  });
}

async function refusal(response: IncomingMessage): Promise<CliError> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    if (chunks.length > 16) break;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  let message = text.slice(0, 300);
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    message = problem.detail ?? problem.title ?? message;
  } catch {
    // Not problem+json: the text itself is shown.
  }
  return new CliError(response.statusCode === 404 ? 'NOT_FOUND' : 'REFUSED', `the result store answered ${response.statusCode}: ${message}`);
}
