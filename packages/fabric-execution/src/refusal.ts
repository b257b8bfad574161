import { ContractError } from '@collabnet/contracts';
import { z } from 'zod';
import { FabricExecutionError } from './errors.ts';

const refusalSchema = z.object({ code: z.string().max(64), message: z.string(), field: z.string().optional(), now: z.number().optional() });

/** A refusal as it travels in the message of a chaincode response. `now`: the endorser's clock, where it matters. */
export type Refusal = z.infer<typeof refusalSchema>;

/** What the contracts and this adapter refuse; undefined for a failure of the chaincode itself. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof FabricExecutionError) return { code: error.code, message: error.message };
  if (error instanceof ContractError) return { code: error.code, message: error.message, ...(error.field !== undefined && { field: error.field }) };
  return undefined;
}

/** Finds the refusal in the message of a response, whatever gateway and peer have put around it. */
export function findRefusal(message: string): Refusal | undefined {
  const from = message.indexOf('{"code":');
  const to = message.lastIndexOf('}');
  if (from < 0 || to < from) return undefined;
  try {
    return refusalSchema.parse(JSON.parse(message.slice(from, to + 1)));
  } catch {
    return undefined;
  }
}
