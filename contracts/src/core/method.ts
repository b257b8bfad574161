import type { Json } from '@collabnet/envelope';
import type { z } from 'zod';
import { formatPath } from '@collabnet/flow';
import type { ContractContext, QueryContext } from './context.ts';
import { ContractError } from './contract-error.ts';

/** A method that writes; `name` is `<contract>.<method>`. */
export interface Method {
  readonly name: string;
  run(context: ContractContext, args: unknown): Json;
}

/** A method that only reads. */
export interface Query {
  readonly name: string;
  run(context: QueryContext, args: unknown): Json;
}

/** Binds a method to the strict schema of its arguments (the `public` part of the transaction). */
export function defineMethod<S extends z.ZodType>(
  name: string,
  schema: S,
  run: (context: ContractContext, args: z.infer<S>) => object,
): Method {
  return { name, run: (context, args) => run(context, parseArgs(schema, args)) as Json };
}

/** Binds a query to the strict schema of its arguments. */
export function defineQuery<S extends z.ZodType>(
  name: string,
  schema: S,
  run: (context: QueryContext, args: z.infer<S>) => object,
): Query {
  return { name, run: (context, args) => run(context, parseArgs(schema, args)) as Json };
}

/** @throws ContractError INVALID_ARGUMENT with the path of the first fault */
export function parseArgs<S extends z.ZodType>(schema: S, args: unknown): z.infer<S> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = formatPath(issue?.path ?? []);
  throw new ContractError('INVALID_ARGUMENT', `${field}: ${issue?.message ?? 'wrong shape'}`, { field });
}
