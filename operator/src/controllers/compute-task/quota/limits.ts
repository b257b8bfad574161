import { QUOTA_NAMES, type QuotaLimits, type Quotas } from '@collabnet/crds';

/**
 * Limits of the tasks of one proposer: what is said of it by name, else what is said of all others, or of the own tasks.
 *
 * @param self DID of this institution
 */
export function limitsOf(quotas: Quotas | undefined, proposer: string, self: string): QuotaLimits {
  const named = quotas?.proposers.find(({ did }) => did === proposer);
  const general = proposer === self ? quotas?.own : quotas?.others;
  return Object.fromEntries(QUOTA_NAMES.map((name) => [name, named?.[name] ?? general?.[name]]));
}
