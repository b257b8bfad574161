import type { ApiReader } from '../lib/api-reader.ts';
import { apiResources, type ApiResource } from '../lib/api-resources.ts';
import { HackError } from '../lib/hack-error.ts';
import { sleep } from '../lib/run.ts';

type Reader = Pick<ApiReader, 'get'>;

/** An API server that is started again is back within this time, ms. */
const AWAY_MS = 60_000;
const LOOK_AGAIN_MS = 500;
/** What Node.js calls it when nobody listens, or does not any more; and what a server is that has just begun to. */
const AWAY = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'API_UNAVAILABLE'];

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
    return this.#read<T>(path).catch((error: unknown) => {
      if (error instanceof HackError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
  }

  /** @param kinds one or several, separated by commas */
  async list<T>(namespace: string, kinds: string, selector?: string): Promise<T[]> {
    const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
    const lists = await Promise.all(kinds.split(',').map(async (kind) => this.#read<List<T>>(`${await this.#path(namespace, kind)}${query}`)));
    // Items of a list do not say what they are; kubectl does.
    return lists.flatMap(({ apiVersion, kind, items }) => items.map((item) => ({ apiVersion, kind: kind.replace(/List$/, ''), ...item })));
  }

  /** Waits for a server that is being started again, as a person would. */
  async #read<T>(path: string): Promise<T> {
    const deadline = performance.now() + AWAY_MS;
    for (;;) {
      try {
        return await this.#reader.get<T>(path);
      } catch (error) {
        if (!AWAY.includes((error as { code?: string }).code ?? '') || performance.now() > deadline) throw error;
        await sleep(LOOK_AGAIN_MS);
      }
    }
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
