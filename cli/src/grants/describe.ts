import type { DataAsset } from '@collabnet/crds';
import { fields } from '../base/table.ts';
import type { UnsignedGrant } from './build.ts';

/** What a grant allows, for the person who signs it. */
export function describeGrant(assetId: string, grant: UnsignedGrant): string {
  return fields([
    ['asset', assetId],
    ['grant', grant.id],
    ['to', grant.grantee],
    ['purpose', grant.purpose],
    ['algorithms', grant.algorithms.map(({ name, versions }) => `${name}@${versions.join(',')}`).join('; ')],
    ['trust models', grant.trustModels.join(', ')],
    ['wire profiles', grant.wireProfiles?.join(', ') ?? 'any'],
    ['form', formText(grant.form)],
    ['key columns', grant.columns?.keys.join(', ') ?? 'any published'],
    ['payload columns', grant.columns === undefined ? 'any published' : grant.columns.payload.join(', ') || 'none'],
    ['receivers', grant.receivers?.join(', ') ?? 'the grantee and the owner'],
    ['compute parties', grant.computeParties?.join(', ') ?? 'any'],
    ['operators', grant.operators?.join(', ') ?? 'any'],
    ['minimum set size', grant.disclosure?.minimumSetSize ?? 'that of the asset'],
  ]);
}

export function formText(form: UnsignedGrant['form']): string {
  const period = [form.notBefore && `from ${form.notBefore}`, form.notAfter && `until ${form.notAfter}`].filter(Boolean).join(' ');
  if (form.type === 'SingleTask') return `one task, flow ${form.flow}`;
  if (form.type === 'Count') return `${form.count} use${form.count === 1 ? '' : 's'}${period === '' ? '' : `, ${period}`}`;
  return `any number of uses ${period}`;
}

export interface GrantRow {
  readonly asset: string;
  readonly id: string;
  readonly grantee: string;
  readonly state: string;
  readonly uses: string;
  readonly purpose: string;
  readonly form: string;
  readonly message?: string;
}

/** The grants of assets, as declared and as the ledger has them. */
export function grantRows(assets: readonly DataAsset[]): GrantRow[] {
  return assets.flatMap((asset) => {
    const seen = asset.status?.grants ?? [];
    const declared = asset.spec.grants;
    const ids = [...new Set([...declared.map(({ id }) => id), ...seen.map(({ id }) => id)])];
    return ids.map((id): GrantRow => {
      const grant = declared.find((one) => one.id === id);
      const state = seen.find((one) => one.id === id);
      const count = state?.count ?? grant?.form.count;
      return {
        asset: asset.metadata.name,
        id,
        grantee: grant?.grantee ?? state?.grantee ?? '',
        state: state?.state ?? (grant?.revoked === true ? 'Revoked' : 'Pending'),
        uses: `${state?.used ?? 0}${count === undefined ? '' : `/${count}`}`,
        purpose: grant?.purpose ?? '',
        form: grant === undefined ? '' : formText(grant.form),
        ...(state?.message === undefined ? {} : { message: state.message }),
      };
    });
  });
}
