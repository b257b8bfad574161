export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts with any of its parents, or with a TimeoutError after `timeoutMs`. Disposing it frees the timer
 * and the parents: `AbortSignal.any` and `AbortSignal.timeout` keep what they hold until the time is over.
 */
export function linkedSignal(parents: readonly (AbortSignal | undefined)[], timeoutMs?: number): LinkedSignal {
  const controller = new AbortController();
  const cleanUps: (() => void)[] = [];
  const dispose = (): void => cleanUps.splice(0).forEach((cleanUp) => cleanUp());
  const abort = (reason: unknown): void => {
    dispose();
    controller.abort(reason);
  };
  for (const parent of parents) {
    if (!parent) continue;
    if (parent.aborted) {
      abort(parent.reason);
      break;
    }
    const listener = (): void => abort(parent.reason);
    parent.addEventListener('abort', listener, { once: true });
    cleanUps.push(() => parent.removeEventListener('abort', listener));
  }
  if (timeoutMs !== undefined && !controller.signal.aborted) {
    const timer = setTimeout(() => abort(new DOMException(`no end within ${timeoutMs} ms`, 'TimeoutError')), timeoutMs);
    cleanUps.push(() => clearTimeout(timer));
  }
  return { signal: controller.signal, [Symbol.dispose]: dispose };
}
