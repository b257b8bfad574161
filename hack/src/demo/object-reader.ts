import type { ApiReader } from '../lib/api-reader.ts';
import { apiResources, type ApiResource } from '../lib/api-resources.ts';
import { HackError } from '../lib/hack-error.ts';

type Reader = Pick<ApiReader, 'get'>;

/** Reads objects as `kubectl get -o json` does, over one connection: whoever looks every half second should not start a process each time. */
export class ObjectReader {
  readonly #reader: Reader;
  #resources: ReadonlyMap<string, ApiResource> = new Map();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** One object, or undefined when there is none of that name. */
  async get<T>(namespace: string, kind: string, name: string): Promise<T | undefined> {
    const path = `${await this.#path(namespace, kind)}/${encodeURIComponent(name)}`;
    return this.#reader.get<T>(path).catch((error: unknown) => {
      if (error instanceof HackError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
  }

  /** @param kinds one or several, separated by commas */
  async list<T>(namespace: string, kinds: string, selector?: string): Promise<T[]> {
    const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
    const lists = await Promise.all(kinds.split(',').map(async (kind) => this.#reader.get<List<T>>(`${await this.#path(namespace, kind)}${query}`)));
    // Items of a list do not say what they are; kubectl does.
    return lists.flatMap(({ apiVersion, kind, items }) => items.map((item) => ({ apiVersion, kind: kind.replace(/List$/, ''), ...item })));
  }

  async #path(namespace: string, kind: string): Promise<string> {
    const name = kind.toLowerCase();
    // A CRD may have been installed since.
    if (!this.#resources.has(name)) this.#resources = await apiResources(this.#reader);
    const found = this.#resources.get(name);
    if (found === undefined) throw new HackError('API_FAILED', `the server has no resource ${kind}`);
    const { root, resource, namespaced } = found;
    return namespaced ? `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}` : `${root}/${resource}`;
  }
}

interface List<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly T[];
}
