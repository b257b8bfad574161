import type { KubeObject } from './kube-types.ts';

/** Fields of an object as `metadata.managedFields` names them: `f:` a field, `k:` an element of a list by its key fields, `v:` one of a set by its value. */
interface FieldSet {
  readonly [name: string]: FieldSet | undefined;
}

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: FieldSet;
}

/**
 * Whether a manager still owns every field that it has applied. Who changes or removes a field by another way than
 * server-side apply takes it over, so that this tells of any change of what was applied, whatever its values are.
 *
 * @param live as the API server gave it; true where it comes from a cache without `metadata.managedFields`
 * @param wanted what the manager applies
 */
export function ownsFields(live: KubeObject, wanted: KubeObject, manager: string): boolean {
  const { managedFields } = live.metadata as { managedFields?: readonly ManagedFields[] };
  if (managedFields === undefined) return true;
  const own = managedFields.find((entry) => entry.manager === manager && entry.operation === 'Apply' && entry.subresource === undefined)?.fieldsV1;
  const { metadata, ...content } = wanted as KubeObject & Record<string, unknown>;
  const { labels, annotations, ownerReferences, finalizers } = metadata;
  const { apiVersion, kind, ...rest } = content;
  void [apiVersion, kind];
  return isOwned({ ...rest, metadata: { labels, annotations, ownerReferences, finalizers } }, own);
}

function isOwned(value: unknown, set: FieldSet | undefined): boolean {
  // The API server may leave out what is empty.
  if (value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)) return true;
  if (set === undefined) return false;
  // A scalar, or a list or object that changes as a whole.
  if (Object.keys(set).every((name) => name === '.')) return true;
  if (Array.isArray(value)) return value.every((element) => isElementOwned(element, set));
  return Object.entries(value).every(([name, field]) => isOwned(field, set[`f:${name}`]));
}

function isElementOwned(element: unknown, set: FieldSet): boolean {
  if (typeof element !== 'object') return set[`v:${JSON.stringify(element)}`] !== undefined;
  const name = Object.keys(set).find((each) => each.startsWith('k:') && hasKeys(element as Record<string, unknown>, each.slice(2)));
  return name !== undefined && isOwned(element, set[name]);
}

/** A key field that the element does not name has its default. */
function hasKeys(element: Record<string, unknown>, keys: string): boolean {
  return Object.entries(JSON.parse(keys) as Record<string, unknown>).every(([name, value]) => element[name] === undefined || element[name] === value);
}
