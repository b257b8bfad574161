import type { Method, Query } from './method.ts';

const modules: { methods: readonly Method[]; queries: readonly Query[] }[] = [];

/** Every method and query by its full name. */
export const methods: ReadonlyMap<string, Method> = new Map(modules.flatMap((each) => each.methods.map((m) => [m.name, m])));
export const queries: ReadonlyMap<string, Query> = new Map(modules.flatMap((each) => each.queries.map((q) => [q.name, q])));
