import type { KubeObject } from './kube-types.ts';
import { keyOf } from './kube-types.ts';

/** Derives the values under which an object is found in an index. */
export type IndexFn<T> = (object: T) => readonly string[];

/** Objects by key, with secondary indexes kept up to date. Holds what it is given: freeze before. */
export class ObjectStore<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: { name: string; values: IndexFn<T>; keys: Map<string, Set<string>> }[];

  constructor(indexes: Readonly<Record<string, IndexFn<T>>> = {}) {
    this.#indexes = Object.entries(indexes).map(([name, values]) => ({ name, values, keys: new Map() }));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  /** @throws TypeError when no such index was declared */
  lookup(index: string, value: string): T[] {
    const found = this.#indexes.find(({ name }) => name === index);
    if (!found) throw new TypeError(`index ${index} was not declared when the informer was made`);
    return [...(found.keys.get(value) ?? [])]
      .map((key) => this.#objects.get(key))
      .filter((object) => object !== undefined);
  }

  set(object: T): void {
    const key = keyOf(object);
    this.#unindex(key);
    this.#objects.set(key, object);
    for (const { values, keys } of this.#indexes) {
      for (const value of values(object)) {
        const members = keys.get(value);
        if (members) members.add(key);
        else keys.set(value, new Set([key]));
      }
    }
  }

  delete(key: string): void {
    this.#unindex(key);
    this.#objects.delete(key);
  }

  #unindex(key: string): void {
    const old = this.#objects.get(key);
    if (!old) return;
    for (const { values, keys } of this.#indexes) {
      for (const value of values(old)) {
        const members = keys.get(value);
        members?.delete(key);
        if (members?.size === 0) keys.delete(value);
      }
    }
  }
}
