import { z } from 'zod';
import { genesisPayloadSchema } from '@collabnet/contracts';
import { LedgerError } from '../errors.ts';

export const EXPORT_SCHEMA = 'collabnet.dev/ledger-export/v1';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const height = z.number().int().nonnegative();
const range = z.strictObject({ from: height, to: height });

/** First line of an export: what the file is and how far it must go. */
export const exportHeaderSchema = z.strictObject({
  schema: z.literal(EXPORT_SCHEMA),
  driver: z.enum(['embedded', 'fabric']),
  network: hex64,
  /** Heights of the first and the last block. */
  heights: range,
  /** Numbers that the lines carry: heights, or with Fabric its block numbers. */
  numbers: range,
  /** Embedded: names the key that signs blocks. It hashes to the id of the network. */
  genesis: z.strictObject({ payload: genesisPayloadSchema, signature: z.string().max(128) }).optional(),
  fabric: z
    .strictObject({
      channel: z.string().min(1),
      chaincode: z.string().min(1),
      /** Block with the configuration before the first one here, base64; absent where the file begins with block 0. */
      configuration: z.string().optional(),
    })
    .optional(),
});
export type ExportHeader = z.infer<typeof exportHeaderSchema>;

/** A file, by the name that errors give it. */
export interface ExportSource {
  readonly name: string;
  readonly lines: AsyncIterable<string>;
}

/** An export that was opened; without header it is one of the host of an embedded ledger, from block 0 to an unknown end. */
export interface OpenedExport {
  readonly header: ExportHeader | undefined;
  /** Lines after the header, as JSON. */
  readonly values: AsyncGenerator<unknown>;
}

/** Reads the header. @throws LedgerError BLOCK_INVALID naming the file and the line */
export async function openExportFile({ name, lines }: ExportSource): Promise<OpenedExport> {
  const values = parseLines(name, lines);
  const first = await values.next();
  if (first.done === true) throw invalid(`${name} is empty; export it again`);
  const schema = (first.value as { schema?: unknown } | null)?.schema;
  if (schema === undefined) return { header: undefined, values: prepend(first.value, values) };
  const parsed = exportHeaderSchema.safeParse(first.value);
  if (parsed.success) return { header: parsed.data, values };
  const issue = parsed.error.issues[0];
  throw invalid(`${name}: line 1 is no header of an export that this version reads (${EXPORT_SCHEMA}): ${issue?.message ?? 'malformed'} at ${issue?.path.join('.') ?? ''}`);
}

async function* prepend(first: unknown, rest: AsyncGenerator<unknown>): AsyncGenerator<unknown> {
  yield first;
  yield* rest;
}

/** One line is held back: only the last one can have been cut off. */
async function* parseLines(name: string, lines: AsyncIterable<string>): AsyncGenerator<unknown> {
  let number = 0;
  let held: string | undefined;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    if (held !== undefined) yield parse(name, held, number, false);
    held = line;
    number += 1;
  }
  if (held !== undefined) yield parse(name, held, number, true);
}

function parse(name: string, line: string, number: number, last: boolean): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw invalid(last ? `${name} is truncated: line ${number}, its last, is cut off` : `${name}: line ${number} is not JSON; it was altered, or the file is not an export`, cause);
  }
}

function invalid(message: string, cause?: unknown): LedgerError {
  return new LedgerError('BLOCK_INVALID', message, { cause });
}
