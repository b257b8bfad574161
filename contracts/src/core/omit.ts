/** A copy without the named members. */
export function omit<T extends object, K extends keyof T>(record: T, ...members: K[]): Omit<T, K> {
  const copy = { ...record };
  for (const member of members) delete copy[member];
  return copy;
}
