import { get, kubectl, run, kubeconfig, type RunResult } from '@collabnet/hack';
import { saysOf, stalledOf, type Conditioned } from './conditions.ts';
import { until } from './until.ts';

/** Where an object is to be found. */
export interface Target {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** `kubectl apply` of one object, whatever comes of it. */
export function tryApply(namespace: string, object: object, ...options: string[]): Promise<RunResult> {
  return kubectl(namespace, ['apply', ...options, '-f', '-'], { input: JSON.stringify(object), allowFailure: true });
}

/** Deletes objects and waits until they are gone; one that is not there is fine. */
export async function remove(namespace: string, kind: string, ...names: string[]): Promise<void> {
  if (names.length > 0) await kubectl(namespace, ['delete', kind, ...names, '--ignore-not-found', '--timeout=60s']);
}

export async function patch(namespace: string, kind: string, name: string, change: object, type = 'merge'): Promise<void> {
  await kubectl(namespace, ['patch', kind, name, '--type', type, '-p', JSON.stringify(change)]);
}

/** kubectl without a namespace. */
export function cluster(args: readonly string[], allowFailure = false): Promise<RunResult> {
  return run('kubectl', args, { env: { KUBECONFIG: kubeconfig() }, allowFailure });
}

/**
 * Waits until an object has what is looked for and returns it.
 *
 * @throws with what the object says of itself, when it did not come in time
 */
export function eventually<T extends Conditioned, R>(target: Target, what: string, look: (object: T) => R | undefined | false, timeoutMs = 60_000): Promise<R> {
  let seen: T | undefined;
  return until(
    async () => {
      seen = await get<T>(target.namespace, target.kind, target.name);
      return seen === undefined ? undefined : look(seen);
    },
    timeoutMs,
    () => `${target.namespace}/${target.kind}/${target.name}: ${what}; ${saysOf(seen)}`,
  );
}

/** Waits until an object waits for a person, and returns why. */
export function stalled(target: Target, timeoutMs = 60_000): Promise<{ reason: string; message: string }> {
  return eventually(target, 'was to become Stalled', stalledOf, timeoutMs);
}
