import { FlowError } from './error.ts';

/** A standing grant as a DataAsset carries it; times are RFC 3339. */
export interface StandingGrantSpec {
  readonly id: string;
  readonly grantee: string;
  readonly purpose: string;
  readonly algorithms: readonly { readonly name: string; readonly versions: readonly string[] }[];
  readonly trustModels: readonly string[];
  readonly wireProfiles?: readonly string[] | undefined;
  readonly columns?: { readonly keys: readonly string[]; readonly payload: readonly string[] } | undefined;
  readonly form: {
    readonly type: 'SingleTask' | 'Count' | 'Period';
    readonly flow?: string | undefined;
    readonly count?: number | undefined;
    readonly notBefore?: string | undefined;
    readonly notAfter?: string | undefined;
  };
  readonly receivers?: readonly string[] | undefined;
  readonly computeParties?: readonly string[] | undefined;
  readonly operators?: readonly string[] | undefined;
  readonly disclosure?: { readonly minimumSetSize: number } | undefined;
}

/**
 * What the data manager signs for a standing grant: the content of `grants.create`. Command line, console and operator
 * use this one conversion, since the signature covers its outcome.
 *
 * @param asset - `<subject code>/<name>`
 * @returns plain data without undefined members; times in ms
 * @throws FlowError FLOW_INVALID for a time that cannot be read
 */
export function standingGrantContent(asset: string, grant: StandingGrantSpec): Record<string, unknown> {
  const { id, grantee, purpose, algorithms, trustModels, form } = grant;
  const { wireProfiles, columns, receivers, computeParties, operators, disclosure } = grant;
  const content = {
    id,
    asset,
    grantee,
    purpose,
    algorithms: algorithms.map(({ name, versions }) => ({ name, versions })),
    trustModels,
    wireProfiles,
    columns: columns && { keys: columns.keys, payload: columns.payload },
    form: {
      type: form.type,
      flow: form.flow,
      count: form.count,
      notBefore: timeOf(form.notBefore, 'form.notBefore'),
      notAfter: timeOf(form.notAfter, 'form.notAfter'),
    },
    receivers,
    computeParties,
    operators,
    disclosure: disclosure && { minimumSetSize: disclosure.minimumSetSize },
  };
  // Canonical JSON knows no undefined members.
  return JSON.parse(JSON.stringify(content)) as Record<string, unknown>;
}

function timeOf(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new FlowError('FLOW_INVALID', [
      { field, code: 'SHAPE', message: `"${text}" is no time; write for example 2026-12-31T00:00:00Z` },
    ]);
  }
  return time;
}
