import { z } from 'zod';
import { MOST_PARTIES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';

export const sqlQuery: Operator = {
  name: 'SqlQuery',
  version: '1.0.0',
  family: 'Queries',
  summary: "A query over the tables of all parties, in the clear, inside one party's trusted execution environment; its text is registered with the algorithm, and members vote on it.",
  result: 'Table',
  inputs: { rows: 'Gathered' },
  program: 'Sql',
  // A query can be made to answer with rows.
  opensRows: true,
  trustModels: ['TrustedExecution', 'SimulatedTrustedExecution'],
  parameters: z.strictObject({
    host: z.string().min(1).max(63).describe('Compute party in whose trusted execution environment the query runs.'),
    verifier: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/, 'give the SHA-256 thumbprint of the key (RFC 7638), 43 characters of base64url')
      .optional()
      .describe('Thumbprint (RFC 7638) of the key by which the verifier signs its attestation results. Needed by TrustedExecution; the simulator has its own.'),
    policy: z.string().min(1).max(256).optional().describe('Appraisal policy that the verifier must have applied, as its results name it; any if absent.'),
    maximumRows: z.int().min(1).max(100_000).default(1000).describe('Most rows of the result; with more, nothing is told.'),
    groupSize: z.string().min(1).max(128).default('rows').describe('Column that the query must select, such as count(*) AS rows: of how many rows a row of the result is made. Those below the minimum set size that owners and network demand are left out.'),
  }),
  engines: { sets: { parties: { minimum: 2, maximum: MOST_PARTIES }, protocol: 'none: the tables meet in the trusted execution environment' } },
  disclosures: [
    { who: 'a receiver', learns: 'what the query selects, which can be single rows: read its text before you consent' },
    { who: 'whoever breaks the trusted execution environment of the host', learns: 'every row of all inputs, with the columns that the step names' },
    { who: 'the host, under SimulatedTrustedExecution', learns: 'the same: the simulator protects nothing' },
    { who: 'other parties', learns: 'nothing' },
  ],
};
