import { z } from 'zod';
import { did, integer, keyed } from './fields.ts';
import { withRules, type Rule } from './rule.ts';

/** What a proposer's tasks may use of an institution's compute (requirement 87). */
export const QUOTA_NAMES = ['runningAttempts', 'openTasks', 'computeSecondsPerDay'] as const;
export type QuotaName = (typeof QUOTA_NAMES)[number];

const limits = {
  runningAttempts: integer('Most attempts of its tasks that have a pod here at once. Others wait, and nobody else behind them.').max(128).optional(),
  openTasks: integer('Most tasks of it with a part of this institution that have not ended. Of others, the oldest count first; an own one beyond it is not proposed yet.').max(100_000).optional(),
  computeSecondsPerDay: integer('Seconds that attempts of its tasks may have run here in the last 24 hours, from start to end as the ledger has them. Beyond it no further task opens; what is open goes on.').max(11_059_200).optional(),
};

/** An absent limit is none; 0 lets nothing through. */
export type QuotaLimits = { readonly [name in QuotaName]?: number | undefined };

const oneAtLeast = (which: string): Rule<QuotaLimits> => ({
  rule: QUOTA_NAMES.map((name) => `has(self.${name})`).join(' || '),
  message: `${which}: give at least one of ${QUOTA_NAMES.join(', ')}, or remove it`,
  reason: 'FieldValueRequired',
  holds: (value) => QUOTA_NAMES.some((name) => value[name] !== undefined),
});

const ofProposer = withRules(
  z.object({ did: did('DID of the institution that proposes.'), ...limits }).describe('Limits of the tasks of one institution. What it leaves out is as for all others, or as for the own tasks.'),
  [oneAtLeast('quotas.proposers[]')],
);

/** `CollabNetwork.spec.quotas`. */
export const quotas = z
  .object({
    own: withRules(z.object(limits).describe('Limits of the tasks that this institution proposes.'), [oneAtLeast('quotas.own')]).optional(),
    others: withRules(z.object(limits).describe('Limits of the tasks of each other institution, one by one.'), [oneAtLeast('quotas.others')]).optional(),
    proposers: keyed(z.array(ofProposer).max(64).default([]).describe('Limits of the tasks of institutions by name.'), ['did']),
  })
  .describe("What tasks may use of this institution's compute, by who proposed them. What is not limited here shares the places of the Helm value compute.maximumAttempts.");

export type Quotas = z.output<typeof quotas>;
