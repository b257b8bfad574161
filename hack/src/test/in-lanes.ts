/**
 * Works a list off in several lanes at a time; each lane takes the next one when it has done one.
 *
 * @param lane numbers from 1
 */
export async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T, lane: number) => Promise<void>): Promise<void> {
  const queue = [...items];
  const takeAll = async (lane: number): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item, lane);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, (_, index) => takeAll(index + 1)));
}
