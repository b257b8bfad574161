import { z } from 'zod';
import { MOST_PARTIES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';

export const deliver: Operator = {
  name: 'Deliver',
  version: '1.0.0',
  family: 'Delivery',
  summary: 'Rows of one party as they are, to the receivers and nobody else; the ledger holds that all of them got what the giver committed to.',
  result: 'Artefact',
  inputs: { rows: 'Given' },
  opensRows: true,
  trustModels: ['TwoPartySemiHonest', 'MultiPartySemiHonest', 'ThreePartyHonestMajority', 'TrustedExecution', 'SimulatedTrustedExecution'],
  parameters: z.strictObject({}),
  engines: { sets: { parties: { minimum: 2, maximum: MOST_PARTIES }, protocol: 'none: the wire between the couriers' } },
  disclosures: [
    { who: 'a receiver', learns: 'every row of the input, with the columns that the step names' },
    { who: 'other parties', learns: 'nothing' },
  ],
};
