import type { StoreContext } from './store-context.ts';

const dayMs = 86_400_000;

/** Removes results past their retention and old records. */
export async function enforceRetention(context: Pick<StoreContext, 'config' | 'files' | 'log' | 'logger' | 'now'>): Promise<void> {
  const removed = await context.files.removeBefore(context.now() - context.config.current.resultRetentionDays * dayMs);
  for (const id of removed) context.log.record({ action: 'Expire', who: 'retention', ...id, bytes: 0, outcome: 'Complete' });
  context.log.prune();
  if (removed.length > 0) context.logger.info({ removed: removed.length }, 'results past their retention removed');
}
