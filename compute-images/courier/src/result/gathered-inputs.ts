import type { Assignment } from '../config/load-job.ts';
import type { Workplace } from '../work/workplace.ts';
import { artefact } from './artefact.ts';
import type { Received } from './result.ts';

/**
 * What the host of a trusted execution environment was given, with the givers' commitments made anew: the ledger compares them, so
 * that a query was over the very rows that were committed to. Empty at everybody else.
 *
 * @throws CourierError RESULT_INVALID
 */
export async function gatheredInputs({ job }: Assignment, place: Workplace): Promise<Received[]> {
  const { trustedHost: host, self, peers, layout = [] } = job;
  if (host?.party !== self.name) return [];
  // The engine numbers the parties in the order of their names.
  const ranks = [self, ...peers].map(({ name }) => name).sort();
  const received: Received[] = [];
  for (const { party } of layout) {
    if (party === self.name) continue;
    const given = await artefact(place.out(`given-${ranks.indexOf(party)}.csv`), job);
    if (given.received !== undefined) received.push(given.received);
  }
  return received;
}
