import { assetContentSchema, type AssetContent } from '@collabnet/contracts';
import type { DataAssetSpec } from '@collabnet/crds';
import { StalledError } from '../../../runtime/index.ts';

/**
 * What the catalogue learns of an asset: the columns that are published, the number of rows only where it is
 * allow-listed, never a path, a claim or a value.
 *
 * @throws StalledError InvalidSpec naming the field that the ledger would refuse
 */
export function catalogueEntry(assetId: string, spec: DataAssetSpec, profile: { fingerprint?: string | undefined; rows: number }): AssetContent {
  const { classification, lawfulBasis, disclosure } = spec;
  const content = {
    assetId,
    displayName: spec.displayName,
    description: spec.description ?? '',
    fingerprint: profile.fingerprint,
    columns: spec.columns
      .filter(({ publish }) => publish)
      .map(({ name, type, role, description }) => ({ name, type, role, ...(description === undefined ? {} : { description }) })),
    ...(spec.profile.publish.includes('RowCount') ? { rows: profile.rows } : {}),
    classification: { jrtLevel: classification.jrtLevel, nationalClass: classification.nationalClass, personalInformation: classification.personalInformation },
    source: {
      lawfulBasis: lawfulBasis.basis,
      purpose: lawfulBasis.purpose,
      ...(lawfulBasis.acquiredAt === undefined ? {} : { acquiredAt: lawfulBasis.acquiredAt }),
      ...(lawfulBasis.subjectAuthorisation === undefined ? {} : { subjectAuthorisation: lawfulBasis.subjectAuthorisation }),
    },
    disclosure: { minimumSetSize: disclosure.minimumSetSize },
  };
  const parsed = assetContentSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StalledError('InvalidSpec', `spec.${specField(issue?.path ?? [])}: ${issue?.message ?? 'cannot be published'}`);
}

/** The catalogue's field names, back to those of the kind. */
function specField(path: readonly PropertyKey[]): string {
  const [head, ...rest] = path.map(String);
  if (head !== 'source') return [head, ...rest].join('.');
  return ['lawfulBasis', ...rest.map((part) => (part === 'lawfulBasis' ? 'basis' : part))].join('.');
}
