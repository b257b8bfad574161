import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, repositoryRoot, stateDir } from '../lib/paths.ts';
import { run, type RunResult } from '../lib/run.ts';

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

/** Whether the file exists; the demo keeps what it made, so that a second run starts warm. */
export function made(path: string): boolean {
  return existsSync(path);
}
