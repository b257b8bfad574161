import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fabricBinary } from './binaries.ts';

const execute = promisify(execFile);

/** Runs `work` with a folder that is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'collabnet-fabric-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A serialised message as Fabric's own tool reads it, nested messages included. */
export async function decodeWithFabric(type: string, octets: Uint8Array): Promise<Record<string, unknown>> {
  return inTemporaryFolder(async (folder) => {
    const [input, output] = [join(folder, 'message'), join(folder, 'message.json')];
    await writeFile(input, octets);
    await execute(fabricBinary('configtxlator'), ['proto_decode', '--type', type, '--input', input, '--output', output]);
    return JSON.parse(await readFile(output, 'utf8')) as Record<string, unknown>;
  });
}

/** A message serialised by Fabric's own tool out of what {@link decodeWithFabric} gave; the order of its maps is random. */
export async function encodeWithFabric(type: string, message: Record<string, unknown>): Promise<Uint8Array> {
  return inTemporaryFolder(async (folder) => {
    const [input, output] = [join(folder, 'message.json'), join(folder, 'message')];
    await writeFile(input, JSON.stringify(message));
    await execute(fabricBinary('configtxlator'), ['proto_encode', '--type', type, '--input', input, '--output', output]);
    return readFile(output);
  });
}

/** The update between two serialised configurations as Fabric's own tool computes it. */
export async function computeUpdateWithFabric(channel: string, original: Uint8Array, updated: Uint8Array): Promise<Uint8Array> {
  return inTemporaryFolder(async (folder) => {
    const [before, after, output] = ['before', 'after', 'update'].map((name) => join(folder, name)) as [string, string, string];
    await writeFile(before, original);
    await writeFile(after, updated);
    await execute(fabricBinary('configtxlator'), ['compute_update', '--channel_id', channel, '--original', before, '--updated', after, '--output', output]);
    return readFile(output);
  });
}
