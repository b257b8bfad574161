import { existsSync } from 'node:fs';
import { ApiReader } from '../lib/api-reader.ts';
import { HackError } from '../lib/hack-error.ts';
import { waitFor } from '../lib/run.ts';
import { kubeconfig, kubectl } from './cluster.ts';
import { ObjectReader } from './object-reader.ts';

/** Applies objects; they are JSON, which kubectl reads as YAML. */
export async function apply(namespace: string, objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await kubectl(namespace, ['apply', '-f', '-'], { input: JSON.stringify(list) });
}

/** One object, or undefined when there is none of that name. */
export async function get<T>(namespace: string, kind: string, name: string): Promise<T | undefined> {
  const reader = objectReader();
  if (reader !== undefined) return reader.get<T>(namespace, kind, name);
  const { stdout } = await kubectl(namespace, ['get', kind, name, '--ignore-not-found', '-o', 'json']);
  return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as T);
}

/** All objects of some kinds, separated by commas, with these labels. */
export async function list<T>(namespace: string, kinds: string, selector?: string): Promise<T[]> {
  const reader = objectReader();
  if (reader !== undefined) return reader.list<T>(namespace, kinds, selector);
  const { stdout } = await kubectl(namespace, ['get', kinds, ...(selector === undefined ? [] : ['-l', selector]), '-o', 'json']);
  return (JSON.parse(stdout) as { items: T[] }).items;
}

let known: { readonly path: string; readonly reader: ObjectReader | undefined } | undefined;

/** Undefined for a kubeconfig with tokens or programs in it, which kubectl has to make sense of. */
function objectReader(): ObjectReader | undefined {
  const path = kubeconfig();
  if (known?.path !== path) known = { path, reader: existsSync(path) && ApiReader.isSelfContained(path) ? new ObjectReader(new ApiReader(path)) : undefined };
  return known.reader;
}

interface Conditioned {
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[] };
}

/**
 * Waits until an object is Ready.
 *
 * @throws HackError NOT_READY with the object's own reason and message, at once when it is Stalled.
 */
export async function waitReady(namespace: string, kind: string, name: string, timeoutMs: number): Promise<void> {
  let last = 'the operator has not looked at it yet';
  const look = async (): Promise<boolean> => {
    const conditions = (await get<Conditioned>(namespace, kind, name))?.status?.conditions ?? [];
    const ready = conditions.find(({ type }) => type === 'Ready');
    if (ready !== undefined) last = `${ready.reason}: ${ready.message}`;
    if (conditions.some(({ type, status }) => type === 'Stalled' && status === 'True')) throw new HackError('NOT_READY', `${namespace}/${kind}/${name}: ${last}`);
    return ready?.status === 'True';
  };
  try {
    await waitFor(`${namespace}/${kind}/${name}`, look, timeoutMs, 500);
  } catch (error) {
    if (error instanceof HackError && !error.message.includes(last)) throw new HackError('NOT_READY', `${error.message}: ${last}`, { cause: error });
    throw error;
  }
}
