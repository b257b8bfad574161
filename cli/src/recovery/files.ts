import { readFile } from 'node:fs/promises';
import { recoverySignatureSchema, recoveryStatementSchema, type RecoverySignature, type RecoveryStatement } from '@collabnet/contracts';
import { encodeSm2Multikey } from '@collabnet/sm';
import type { z } from 'zod';
import { CliError } from '../base/errors.ts';
import { fields } from '../base/table.ts';

/** Reads a statement that `recovery request` has printed. @throws CliError FILE_FAILED */
export function readStatement(file: string): Promise<RecoveryStatement> {
  return read(file, recoveryStatementSchema, "what 'kubectl collabnet recovery request' prints");
}

/** Reads what `recovery sign` has printed. @throws CliError FILE_FAILED */
export function readSignature(file: string): Promise<RecoverySignature> {
  return read(file, recoverySignatureSchema, "what 'kubectl collabnet recovery sign' prints");
}

/** The statement for people; whoever signs compares it with what the institution says by another way. */
export function describeStatement(id: string, { did, network, newSignKey, newAgreeKey, expires }: RecoveryStatement): string {
  return fields([
    ['recovery', id],
    ['institution', did],
    ['network', network],
    ['new signing key', encodeSm2Multikey(newSignKey)],
    ['new agreement key', encodeSm2Multikey(newAgreeKey)],
    ['to be sent until', new Date(expires).toISOString()],
  ]);
}

async function read<T>(file: string, schema: z.ZodType<T>, what: string): Promise<T> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('FILE_FAILED', `${file}: cannot be read`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CliError('FILE_FAILED', `${file}: no JSON; give ${what}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CliError('FILE_FAILED', `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}; give ${what}`);
}
