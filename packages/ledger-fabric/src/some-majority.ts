/**
 * The own organisation with as many others, chosen at random, as make a majority.
 *
 * @param organisations MSP ids, the own one first
 * @returns undefined where others are not known
 */
export function someMajority([own = '', ...others]: readonly string[]): string[] | undefined {
  if (others.length === 0) return undefined;
  const shuffled = others.map((mspId) => ({ mspId, at: Math.random() })).sort((a, b) => a.at - b.at);
  return [own, ...shuffled.slice(0, Math.floor((others.length + 1) / 2)).map(({ mspId }) => mspId)];
}
