import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, repositoryRoot, stateDir } from '../lib/paths.ts';
import { HackError } from '../lib/hack-error.ts';
import { run, waitFor, type RunResult } from '../lib/run.ts';

/** Files of the demo that a person may want to look at: manifests, data, keys, results. */
export const demoDir = join(cacheDir, 'demo');

/** The user's cluster when KUBECONFIG names one, else the local one. */
export function kubeconfig(): string {
  return process.env['KUBECONFIG'] ?? join(stateDir, 'kubeconfig');
}

function environment(): Record<string, string> {
  return { KUBECONFIG: kubeconfig() };
}

/** Runs kubectl in a namespace. */
export function kubectl(namespace: string, args: readonly string[], options: { input?: string; allowFailure?: boolean } = {}): Promise<RunResult> {
  return run('kubectl', ['-n', namespace, ...args], { ...options, env: environment() });
}

/** Applies objects; they are JSON, which kubectl reads as YAML. */
export async function apply(namespace: string, objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await kubectl(namespace, ['apply', '-f', '-'], { input: JSON.stringify(list) });
}

/** One object, or undefined when there is none of that name. */
export async function get<T>(namespace: string, kind: string, name: string): Promise<T | undefined> {
  const { stdout } = await kubectl(namespace, ['get', kind, name, '--ignore-not-found', '-o', 'json']);
  return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as T);
}

export function helm(args: readonly string[]): Promise<RunResult> {
  return run('helm', args, { env: environment(), cwd: repositoryRoot });
}

/** Helm, for a release that several processes may install at a time: one waits for the other. */
export function lockedHelm(args: readonly string[]): Promise<RunResult> {
  return run('flock', ['-o', join(cacheDir, 'helm.lock'), 'helm', ...args], { env: environment(), cwd: repositoryRoot });
}

/** Runs the `collabnet` command as the person of an institution: own key directory, passphrase of the demo. */
export function collabnet(namespace: string, args: readonly string[], options: { allowFailure?: boolean } = {}): Promise<RunResult> {
  const env = { ...environment(), COLLABNET_KEYS: join(demoDir, 'keys', namespace), COLLABNET_PASSPHRASE: 'demonstration only' };
  return run(join(repositoryRoot, 'cli', 'bin', 'kubectl-collabnet'), ['-n', namespace, ...args], { env, ...options });
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

/** Whether the file exists; the demo keeps what it made, so that a second run starts warm. */
export function made(path: string): boolean {
  return existsSync(path);
}
