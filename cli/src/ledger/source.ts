import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { CollabNetwork } from '@collabnet/crds';
import { CliError, type CliErrorCode } from '../base/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { forward, readyPod } from '../kube/port-forward.ts';

const OPERATOR = 'app.kubernetes.io/part-of=collabnet,app.kubernetes.io/component=operator';
const VIEW_PORT = 8082;
const HOST_PORT = 8080;
const ANSWER_MS = 60_000;
const CODES: Readonly<Record<number, CliErrorCode>> = { 400: 'USAGE', 404: 'NOT_FOUND', 503: 'NOT_READY' };

/** Where blocks come from: the own operator, or the host of an embedded ledger. */
export class LedgerSource {
  readonly #url: URL;
  readonly #close: () => Promise<void>;

  /** @param url ends with a slash; paths are resolved against it */
  constructor(url: URL, close: () => Promise<void> = () => Promise.resolve()) {
    this.#url = url;
    this.#close = close;
  }

  /** What the own operator has verified. @throws CliError NOT_FOUND, NOT_READY */
  static async operator(kube: Kube, network: CollabNetwork): Promise<LedgerSource> {
    const tunnel = await forward(kube, await readyPod(kube, OPERATOR, 'operator'), VIEW_PORT);
    return new LedgerSource(new URL(`http://127.0.0.1:${tunnel.port}/v1/networks/${network.metadata.name}/`), () => tunnel.close());
  }

  /** What the host of the embedded ledger has, which lies in the namespace of the founder. @throws CliError NOT_FOUND */
  static async host(kube: Kube, network: CollabNetwork): Promise<LedgerSource> {
    const pod = `ledger-${network.metadata.name}-0`;
    await kube.call(`pod ${pod}`, () => kube.core.readNamespacedPod({ name: pod, namespace: kube.namespace })).catch((cause: unknown) => {
      if (!(cause instanceof CliError) || cause.code !== 'NOT_FOUND') throw cause;
      throw new CliError('NOT_FOUND', `namespace ${kube.namespace} hosts no ledger of network ${network.metadata.name}: only the founder of a network on the embedded ledger does; leave --host out`, { cause });
    });
    const tunnel = await forward(kube, pod, HOST_PORT);
    return new LedgerSource(new URL(`http://127.0.0.1:${tunnel.port}/v1/`), () => tunnel.close());
  }

  /** @throws CliError NOT_FOUND, NOT_READY, USAGE with what was answered; TRANSFER_FAILED */
  async get<T>(path: string): Promise<T> {
    const response = await this.#request(path);
    return JSON.parse(await textOf(response)) as T;
  }

  /** Lines as they come; asked for when the first one is. @throws as {@link get} */
  async *lines(path: string): AsyncGenerator<string> {
    const response = await this.#request(path);
    // The interface begins to read at once and drops what nobody takes: it must not exist before it is read.
    const lines = createInterface({ input: response, crlfDelay: Infinity });
    try {
      yield* lines;
    } finally {
      // A reader that stops early has heard enough: what the closing connection still says must not end the program.
      lines.on('error', () => undefined);
      response.on('error', () => undefined);
    }
    if (!response.complete) throw new CliError('TRANSFER_FAILED', 'the export was cut off; try again');
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #request(path: string): Promise<IncomingMessage> {
    const response = await get(new URL(path, this.#url));
    const { statusCode = 0 } = response;
    if (statusCode === 200) return response;
    const detail = detailOf(await textOf(response));
    throw new CliError(CODES[statusCode] ?? 'TRANSFER_FAILED', detail ?? `the ledger answered ${statusCode} to GET ${path}`);
  }
}

function get(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'GET', timeout: ANSWER_MS }, resolve);
    sent
      .on('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)))
      .on('error', (cause) => reject(new CliError('TRANSFER_FAILED', `the ledger did not answer: ${cause.message}; look at the pods of the operator`, { cause })))
      .end();
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) text += String(chunk);
  } catch (cause) {
    throw new CliError('TRANSFER_FAILED', 'the answer was cut off; try again, and look at the log of the operator', { cause });
  }
  return text;
}

function detailOf(problem: string): string | undefined {
  try {
    const { detail } = JSON.parse(problem) as { detail?: unknown };
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}
