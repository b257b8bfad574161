import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Status } from '@kubernetes/client-node';
import { CliError } from '../base/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { KubeSocket } from '../kube/socket.ts';
import { RECEIVE_SCRIPT } from './helper-pod.ts';

/** Bytes that may wait in the WebSocket: the API has no flow control of its own for standard input. */
const WINDOW = 4 * 1024 * 1024;

/**
 * Copies a file into a running helper pod and compares the digests.
 *
 * @param progress - called with the bytes sent so far
 * @returns SHA-256 of the content, hex
 * @throws CliError TRANSFER_FAILED
 */
export async function upload(kube: Kube, pod: string, file: { path: string; size: number }, target: string, progress: (sent: number) => void): Promise<string> {
  const input = new PassThrough();
  const [output, errors] = [collector(), collector()];
  const command = ['/usr/local/bin/node', '-e', RECEIVE_SCRIPT, target, String(file.size)];
  let finish: (status: V1Status) => void = () => undefined;
  const ended = new Promise<V1Status>((resolve) => (finish = resolve));
  const exec = new kube.client.Exec(kube.config);
  const socket: KubeSocket = await kube.call('exec into the helper pod', async () =>
    (await exec.exec(kube.namespace, pod, 'put', command, output.stream, errors.stream, input, false, finish)) as unknown as KubeSocket,
  );
  const closed = new Promise<'closed'>((resolve) => socket.addEventListener('close', () => resolve('closed')));
  const hash = createHash('sha256');
  let sent = 0;
  for await (const chunk of createReadStream(file.path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    while (socket.bufferedAmount > WINDOW && socket.readyState === socket.OPEN) await sleep(10);
    if (socket.readyState !== socket.OPEN) break;
    input.write(chunk);
    hash.update(chunk);
    sent += chunk.length;
    progress(sent);
  }
  const status = await Promise.race([ended, closed.then(() => Promise.race([ended, sleep(1000, 'closed' as const)]))]);
  const digest = hash.digest('hex');
  if (status === 'closed' || status.status !== 'Success' || output.text().trim() !== digest) {
    const reason = errors.text().trim() || (status === 'closed' ? 'the connection was cut' : (status.message ?? 'the digests differ'));
    throw new CliError('TRANSFER_FAILED', `${target}: the file did not arrive whole (${reason.slice(0, 400)}); the former content is untouched, try again`);
  }
  return digest;
}

function collector(): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text = (text + chunk.toString('utf8')).slice(-4096);
      done();
    },
  });
  return { stream, text: () => text };
}
