import { createReadStream } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { CollabNetwork } from '@collabnet/crds';
import { parseChain, verifyChain, type ChainReport } from '@collabnet/ledger';
import { CliError } from '../base/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { forward } from '../kube/port-forward.ts';

const EXPORT_PORT = 8080;

/** Lines of the chain as the ledger pod of this namespace exports it. @throws CliError NOT_FOUND, TRANSFER_FAILED */
export async function openExport(kube: Kube, network: CollabNetwork): Promise<{ lines: AsyncIterable<string>; close: () => Promise<void> }> {
  const pod = `ledger-${network.metadata.name}-0`;
  await kube.call(`pod ${pod}`, () => kube.core.readNamespacedPod({ name: pod, namespace: kube.namespace })).catch((cause: unknown) => {
    if (!(cause instanceof CliError) || cause.code !== 'NOT_FOUND') throw cause;
    throw new CliError('NOT_FOUND', `namespace ${kube.namespace} hosts no ledger of network ${network.metadata.name}; export it at the founder and verify the file here: kubectl collabnet ledger verify FILE`, { cause });
  });
  const tunnel = await forward(kube, pod, EXPORT_PORT);
  return { lines: exportLines(tunnel.port), close: () => tunnel.close() };
}

/** Lines that a ledger on this loopback port exports; asked for when the first line is. @throws CliError TRANSFER_FAILED */
export async function* exportLines(port: number): AsyncGenerator<string> {
  const response = await get(port);
  if (response.statusCode !== 200) throw new CliError('TRANSFER_FAILED', `the ledger answered ${response.statusCode} to GET /v1/export`);
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

/** Lines of an exported file. @throws CliError FILE_FAILED */
export async function* fileLines(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file);
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity });
  } catch (cause) {
    throw new CliError('FILE_FAILED', `${file}: cannot be read`, { cause });
  }
}

/**
 * Replays a chain: signatures, chaining, roots and every rule of the contracts.
 *
 * @throws CliError VERIFICATION_FAILED naming the first height that does not hold
 */
export async function verifyLines(lines: AsyncIterable<string>, expectedNetworkId: string | undefined): Promise<ChainReport> {
  try {
    return await verifyChain(parseChain(lines), expectedNetworkId);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'BLOCK_INVALID') throw cause;
    throw new CliError('VERIFICATION_FAILED', `the chain does not hold: ${(cause as Error).message}`, { cause });
  }
}

function get(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/v1/export', method: 'GET', timeout: 60_000 }, resolve);
    sent
      .on('timeout', () => sent.destroy(new Error('no answer within 60 s')))
      .on('error', (cause) => reject(new CliError('TRANSFER_FAILED', `the ledger did not answer: ${cause.message}`, { cause })))
      .end();
  });
}
