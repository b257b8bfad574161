import { algorithms } from '../algorithms/index.ts';
import { catalogue } from '../catalogue/index.ts';
import { channel } from '../channel/index.ts';
import { flows } from '../flows/index.ts';
import { governance } from '../governance/queries.ts';
import { grants } from '../grants/index.ts';
import { identity } from '../identity/index.ts';
import { membership } from '../membership/index.ts';
import { receipts } from '../receipts/index.ts';
import type { Method, Query } from './method.ts';

const modules: { methods: Method[]; queries: Query[] }[] = [
  governance,
  membership,
  channel,
  identity,
  catalogue,
  algorithms,
  grants,
  flows,
  receipts,
];

/** Every method by its full name. */
export const methods: ReadonlyMap<string, Method> = new Map(
  modules.flatMap((each) => each.methods.map((m) => [m.name, m])),
);

/** Every query by its full name. */
export const queries: ReadonlyMap<string, Query> = new Map(
  modules.flatMap((each) => each.queries.map((q) => [q.name, q])),
);
