/**
 * The own organisation and those that have to endorse, with as many others, chosen at random, as make a majority.
 *
 * @param organisations MSP ids, the own one first
 * @param needed MSP ids of who has to be among them
 * @returns undefined where others are not known
 */
export function someMajority([own = '', ...others]: readonly string[], needed: readonly string[] = []): string[] | undefined {
  if (others.length === 0) return undefined;
  const first = others.filter((mspId) => needed.includes(mspId));
  const shuffled = others.filter((mspId) => !needed.includes(mspId)).map((mspId) => ({ mspId, at: Math.random() })).sort((a, b) => a.at - b.at);
  const missing = Math.max(0, Math.floor((others.length + 1) / 2) - first.length);
  return [own, ...first, ...shuffled.slice(0, missing).map(({ mspId }) => mspId)];
}
