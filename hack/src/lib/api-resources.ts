import type { ApiReader } from './api-reader.ts';

/** Kubernetes API, "aggregated discovery": one answer with all resources of all groups. */
const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface GroupList {
  readonly items: readonly {
    /** Without a name: the core group. */
    readonly metadata: { readonly name?: string };
    /** The preferred one first. */
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly { readonly resource: string; readonly singularResource: string; readonly shortNames?: readonly string[]; readonly scope: 'Namespaced' | 'Cluster' }[];
    }[];
  }[];
}

/** Where the objects of a resource are to be found. */
export interface ApiResource {
  /** `/api/v1` or `/apis/<group>/<version>` */
  readonly root: string;
  /** Plural, as in paths. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** The resources of a server by all names that kubectl takes for them; of two with one name the core group's, then the first. */
export async function apiResources(reader: Pick<ApiReader, 'get'>): Promise<ReadonlyMap<string, ApiResource>> {
  const lists = await Promise.all(['/api', '/apis'].map((path) => reader.get<GroupList>(path, DISCOVERY)));
  const named = lists.flatMap(({ items }) => items.flatMap(namesOf));
  // The first of a name is to stay: it is put in last.
  return new Map(named.reverse());
}

function namesOf({ metadata: { name: group = '' }, versions }: GroupList['items'][number]): (readonly [string, ApiResource])[] {
  return versions.flatMap(({ version, resources }) => {
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    return resources.flatMap(({ resource, singularResource, shortNames = [], scope }) =>
      [resource, singularResource, ...shortNames].filter((name) => name !== '').map((name) => [name, { root, resource, namespaced: scope === 'Namespaced' }] as const),
    );
  });
}
