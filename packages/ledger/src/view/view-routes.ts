import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { LedgerError } from '../errors.ts';
import { LedgerView } from './ledger-view.ts';
import type { ViewedLedgers } from './views.ts';

/** What a request is answered with, as it comes. */
export interface ViewAnswer {
  readonly type: 'application/json' | 'application/jsonl';
  readonly chunks: Iterable<string> | AsyncIterable<string>;
}

const height = z.coerce.number().int().nonnegative();
const rangeSchema = z.object({ from: height.optional(), to: height.optional(), last: z.coerce.number().int().min(1).optional() });
/** Who asks gets the newest block, but does not wait for a ledger that cannot be reached, ms. */
const REFRESH_MS = 2_000;
const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'give 64 hexadecimal digits');

/**
 * Answers `/v1/networks/<name>/` followed by `blocks`, `blocks/<height>`, `transactions/<digest>`, `contracts` or `export`.
 *
 * @throws LedgerError NOT_FOUND, INVALID_ARGUMENT, or what the ledger says
 */
export async function answer(ledgers: ViewedLedgers, url: URL): Promise<ViewAnswer> {
  const [version, networks, name, what, which, ...rest] = url.pathname.slice(1).split('/');
  if (version !== 'v1' || networks !== 'networks' || name === undefined || rest.length > 0) throw noSuchPath(url);
  const found = [...ledgers.all()].find((each) => each.name === name);
  if (found === undefined) throw new LedgerError('UNAVAILABLE', `this operator does not follow the ledger of network ${name} yet; look at kubectl describe collabnetwork ${name}`);
  await Promise.race([found.ledger.refresh().catch(() => undefined), sleep(REFRESH_MS, undefined, { ref: false })]);
  const view = new LedgerView(found.ledger);
  const range = (): z.infer<typeof rangeSchema> => parsed(rangeSchema, Object.fromEntries(url.searchParams));
  if (what === 'blocks' && which === undefined) return { type: 'application/json', chunks: list(view.blocks(range())) };
  if (what === 'blocks') return whole(view.block(parsed(height, which)));
  if (what === 'transactions' && which !== undefined) return whole(await view.transaction(parsed(digestSchema, which)));
  if (what === 'contracts' && which === undefined) return whole(await view.contracts());
  if (what === 'export' && which === undefined) return { type: 'application/jsonl', chunks: lines(view.exportLines(range().from, range().to)) };
  throw noSuchPath(url);
}

function whole(value: unknown): ViewAnswer {
  return { type: 'application/json', chunks: [JSON.stringify(value)] };
}

function* list(items: Iterable<unknown>): Generator<string> {
  let before = '[';
  for (const item of items) {
    yield `${before}${JSON.stringify(item)}`;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

async function* lines(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield `${text}\n`;
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new LedgerError('INVALID_ARGUMENT', `${issue?.path.join('.') || 'path'}: ${issue?.message ?? 'invalid'}`);
}

function noSuchPath({ pathname }: URL): LedgerError {
  return new LedgerError('NOT_FOUND', `${pathname}: there is no such path`);
}
