import { z } from 'zod';
import { canonicalJson } from './json.ts';
import { EnvelopeError } from './errors.ts';
import { signedTransactionSchema } from './schema.ts';
import { delegationSchemaId, transactionSchemaId } from './types.ts';
import type { SignedTransaction } from './types.ts';

/**
 * Checks the shape of a transaction and nothing else.
 * @returns the very value given, not a copy: its canonical form is what was signed
 * @throws EnvelopeError SCHEMA_UNSUPPORTED for another version of payload or delegation, MALFORMED for anything else
 */
export function parseSignedTransaction(value: unknown): SignedTransaction {
  refuseForeignSchemas(value);
  const parsed = signedTransactionSchema.safeParse(value);
  if (!parsed.success) throw malformed('transaction', parsed.error);
  try {
    // Zod looks at enumerable members only; this refuses undefined members and class instances anywhere.
    canonicalJson(value);
  } catch (cause) {
    throw new EnvelopeError('MALFORMED', `Malformed transaction: ${(cause as Error).message}`, { cause });
  }
  return value as SignedTransaction;
}

/** Names the field and the rule of the first issue; never the value. */
export function malformed(what: string, error: z.ZodError): EnvelopeError {
  const issue = error.issues[0];
  const path = issue?.path.map(String).join('.') || '(top level)';
  return new EnvelopeError('MALFORMED', `Malformed ${what}: ${path}: ${issue?.message ?? 'wrong shape'}.`, {
    cause: error,
  });
}

const schemaProbe = z.looseObject({
  payload: z.looseObject({ schema: z.string(), delegations: z.array(z.looseObject({ schema: z.string() })).catch([]) }),
});

function refuseForeignSchemas(value: unknown): void {
  const probe = schemaProbe.safeParse(value);
  if (!probe.success) return;
  const { schema, delegations } = probe.data.payload;
  const foreign = [
    ...(schema === transactionSchemaId ? [] : [schema]),
    ...delegations.map((link) => link.schema).filter((id) => id !== delegationSchemaId),
  ][0];
  if (foreign !== undefined) {
    throw new EnvelopeError(
      'SCHEMA_UNSUPPORTED',
      `Schema ${foreign.slice(0, 80)} is not supported; use ${transactionSchemaId} and ${delegationSchemaId}.`,
    );
  }
}
