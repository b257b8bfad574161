import { writeFile } from 'node:fs/promises';
import type { CourierFailure, SignedReceipt } from '@collabnet/wire';

/** Kubernetes keeps this much of a container's last words. */
const limit = 4096;

/** Writes the end of the attempt where the kubelet finds it. Where there is no such file, the status still has it. */
export async function writeTerminationLog(path: string | undefined, end: SignedReceipt | { failure: CourierFailure }): Promise<void> {
  if (path === undefined) return;
  const text = JSON.stringify(end);
  const last = Buffer.byteLength(text) <= limit ? text : JSON.stringify({ truncated: true, ...('failure' in end ? {} : { signature: end.signature }) });
  await writeFile(path, last).catch(() => undefined);
}
