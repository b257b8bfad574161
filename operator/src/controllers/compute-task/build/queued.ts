/** A place becomes free when any other task's pod is gone, ms. */
export const QUEUE_LOOK_MS = 3_000;
/** One partner may let many tasks wait for its quota, ms. */
export const QUOTA_LOOK_MS = 5_000;

export function queuedMessage(most: number): string {
  return `waits until one of ${most} attempts is over: so many may run at once here (Helm value compute.maximumAttempts)`;
}
