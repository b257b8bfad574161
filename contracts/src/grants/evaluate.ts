import { OPERATOR_CATALOGUE, type ProposedInput, type ProposedStep } from '@collabnet/flow';
import type { ContractErrorCode } from '../core/contract-error.ts';
import { load } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { NamedColumns } from '../flows/named-columns.ts';
import type { WorldState } from '../state/world-state.ts';
import type { GrantContent } from './content.ts';
import type { GrantRecord, GrantUsage, GrantUse } from './record.ts';

/** What a flow wants to do with one input. */
export interface IntendedUse {
  readonly flowId: string;
  readonly proposer: string;
  readonly purpose: string;
  readonly trustModel: string;
  readonly wireProfile: string;
  readonly step: ProposedStep;
  readonly input: ProposedInput;
  /** What the step itself does with columns of the asset, where it reads them through earlier steps. */
  readonly named: NamedColumns;
}

/** Why a grant does not cover a use. */
export interface GrantFault {
  readonly code: ContractErrorCode;
  readonly message: string;
}

type View = Pick<WorldState, 'get'>;
type Check = (state: View, grant: GrantRecord, use: IntendedUse, time: number) => string | undefined;

/**
 * Every condition of a grant, from the coarsest to the finest: the code of the last condition reached says how near a
 * grant was. This list is the whole meaning of a grant (requirements 91, 92).
 */
const CHECKS: readonly (readonly [ContractErrorCode, Check])[] = [
  ['GRANT_MISSING', (_, { content }, { proposer, input }) => missing(content, proposer, input.asset)],
  ['GRANT_REVOKED', (_, grant) => (grant.state === 'Revoked' ? 'was revoked' : undefined)],
  [
    'GRANT_FLOW',
    (_, { content: { form } }, { flowId }) =>
      form.type === 'SingleTask' && form.flow !== flowId ? 'is for another flow' : undefined,
  ],
  [
    'GRANT_PURPOSE',
    (_, { content }, { purpose }) =>
      content.purpose === purpose ? undefined : `is for the purpose "${content.purpose}"`,
  ],
  ['GRANT_ALGORITHM', (_, { content }, { step }) => algorithm(content, step)],
  ['GRANT_TRUST_MODEL', (_, { content }, use) => outside('trust model', [use.trustModel], content.trustModels)],
  ['GRANT_WIRE_PROFILE', (_, { content }, use) => outside('wire profile', [use.wireProfile], content.wireProfiles)],
  [
    'GRANT_OPERATOR',
    (_, { content }, { step }) => outside('operator', [step.operator], content.operators) ?? unnamed(content, step),
  ],
  [
    'GRANT_COLUMNS',
    (_, { content }, { input, named }) =>
      outside('key column', [...input.keys, ...named.keys], content.columns?.keys) ??
      outside('column', [...input.columns, ...named.columns], content.columns?.payload),
  ],
  [
    'GRANT_RECEIVERS',
    (_, { content, owner }, { step }) =>
      outside('receiver', step.receivers, content.receivers ?? [content.grantee, owner]),
  ],
  [
    'GRANT_COMPUTE_PARTIES',
    (_, { content }, { step }) => outside('compute party', step.computeParties, content.computeParties),
  ],
  [
    'GRANT_NOT_YET_VALID',
    (_, { content: { form } }, __, time) =>
      form.type !== 'SingleTask' && time < (form.notBefore ?? 0) ? 'does not hold yet' : undefined,
  ],
  [
    'GRANT_EXPIRED',
    (_, { content: { form } }, __, time) =>
      form.type !== 'SingleTask' && time >= (form.notAfter ?? Infinity) ? 'has expired' : undefined,
  ],
  ['GRANT_EXHAUSTED', exhausted],
];

const RANK = new Map(CHECKS.map(([code], rank) => [code, rank]));

/** The first condition of the grant that the use does not meet at block time, or undefined when it covers it. */
export function grantFault(state: View, grant: GrantRecord, use: IntendedUse, time: number): GrantFault | undefined {
  for (const [code, check] of CHECKS) {
    const why = check(state, grant, use, time);
    if (why !== undefined) return { code, message: `grant ${grant.content.id} ${why}` };
  }
  return undefined;
}

/** How near a faulty grant was to covering a use; larger is nearer. */
export function nearness(fault: GrantFault): number {
  return RANK.get(fault.code) ?? -1;
}

function missing(content: GrantContent, proposer: string, asset: string | undefined): string | undefined {
  return content.asset === asset && content.grantee === proposer ? undefined : 'is for another asset or grantee';
}

function algorithm(content: GrantContent, { algorithm: { name, version } }: ProposedStep): string | undefined {
  const named = content.algorithms.some(
    (each) => each.name === name && (each.versions.includes(version) || each.versions.includes('*')),
  );
  return named ? undefined : `does not name the algorithm ${name} ${version}`;
}

/** A grant that names no operators is one for figures and matches, not for the values of single rows. */
function unnamed({ operators }: GrantContent, { operator }: ProposedStep): string | undefined {
  if (operators !== undefined || OPERATOR_CATALOGUE[operator].opensRows !== true) return undefined;
  return `names no operators, and ${operator} opens values of single rows: it must be named`;
}

function outside(what: string, wanted: readonly string[], allowed: readonly string[] | undefined): string | undefined {
  const odd = allowed === undefined ? undefined : wanted.find((each) => !allowed.includes(each));
  return odd === undefined ? undefined : `does not name the ${what} ${odd}`;
}

/**
 * A use that this flow has spent is its own. One that it has only reserved is void once more were taken than there are: a
 * use that was given back, reserved here and then spent late by the flow that had it first (`spendLate`).
 */
function exhausted(state: View, { content }: GrantRecord, { flowId }: IntendedUse): string | undefined {
  if (content.form.type !== 'Count') return undefined;
  const { count } = content.form;
  const own = load<GrantUse>(state, keys.grantUse(content.id, flowId))?.state;
  if (own === 'Spent') return undefined;
  const used = load<GrantUsage>(state, keys.grantUsage(content.id))?.used ?? 0;
  const free = own === 'Reserved' ? used <= count : used < count;
  return free ? undefined : `was used ${used} of ${count} times`;
}
