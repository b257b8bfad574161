import { canonicalJson } from '@collabnet/envelope';
import { sm2Sign, sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import { commitmentSchema, count, didText, epochMs, hex, nameText, publicKeySchema, signatureSchema } from './primitives.ts';

export const receiptSchemaId = 'collabnet.dev/receipt/v1';

/** Salted commitment to one frozen input, and to its number of rows. */
export const inputCommitmentSchema = z.strictObject({ input: nameText, commitment: commitmentSchema, rowsCommitment: commitmentSchema });

/**
 * What one direction of a pair carried: digest (SM3) over the header and ciphertext hash of every tunnel frame in
 * sequence order, their number, and the plaintext bytes. A's `sent` must equal B's `received`, and the other way round.
 */
export const transcriptSchema = z.strictObject({
  sentDigest: hex(64),
  receivedDigest: hex(64),
  sentBytes: count,
  receivedBytes: count,
  sentFrames: count,
  receivedFrames: count,
});

/** The signed record of what one party did in one step (interfaces §5). */
export const receiptSchema = z.strictObject({
  schema: z.literal(receiptSchemaId),
  network: hex(64),
  flowId: z.string().min(32).max(64),
  step: nameText,
  attempt: z.int().min(1),
  party: didText,
  specDigest: hex(64),
  algorithm: z.strictObject({ name: z.string(), version: z.string() }),
  engine: z.strictObject({ name: z.string(), version: z.string(), imageDigest: z.string().optional() }),
  /** Confinement the engine reached, as it measured it. */
  isolation: z.strictObject({
    noNewPrivs: z.boolean(),
    seccomp: z.boolean(),
    landlockAbi: count,
    fileRules: z.boolean(),
    tcpRules: z.boolean(),
    canary: z.string().max(64),
  }),
  wireProfile: z.enum(['intl', 'gm']),
  courierKey: publicKeySchema,
  inputCommitments: z.array(inputCommitmentSchema),
  /** Commitment to the delivered result; absent at a party that receives nothing. */
  outputCommitment: commitmentSchema.optional(),
  /** Salted commitments to row counts, by `in/<input>` and `out/<output>`. */
  rows: z.record(z.string(), commitmentSchema),
  /** By DID of the peer. */
  transcripts: z.record(didText, transcriptSchema),
  /** Seconds. */
  phases: z.strictObject({ prepare: z.number(), align: z.number(), compute: z.number(), clean: z.number() }),
  /** Bytes. */
  peakMemory: z.strictObject({ engine: count, courier: count }),
  startedAt: epochMs,
  finishedAt: epochMs,
  attempts: z.array(z.strictObject({ attempt: z.int().min(1), reason: z.string() })),
  result: z.literal('Succeeded'),
});

export type InputCommitment = z.infer<typeof inputCommitmentSchema>;
export type Transcript = z.infer<typeof transcriptSchema>;
export type Receipt = z.infer<typeof receiptSchema>;

/** A receipt and the SM2 signature over its canonical JSON by the attempt's delegated key. */
export const signedReceiptSchema = z.strictObject({ receipt: receiptSchema, signature: signatureSchema });
export type SignedReceipt = z.infer<typeof signedReceiptSchema>;

/** Signs with the attempt key (hex). */
export function signReceipt(receipt: Receipt, attemptKey: string): SignedReceipt {
  return { receipt, signature: sm2Sign(canonicalJson(receipt), attemptKey) };
}

/** @param courierKey public key of the attempt, from the ledger; never the one in the receipt */
export function verifyReceipt(signed: SignedReceipt, courierKey: string): boolean {
  return signed.receipt.courierKey === courierKey && sm2Verify(canonicalJson(signed.receipt), signed.signature, courierKey);
}

/** Whether what each party says it sent is what the other says it received, byte for byte. */
export function transcriptsMatch(a: Receipt, b: Receipt): boolean {
  const [atA, atB] = [a.transcripts[b.party], b.transcripts[a.party]];
  if (!atA || !atB) return false;
  const same = (one: Transcript, other: Transcript): boolean =>
    one.sentDigest === other.receivedDigest && one.sentBytes === other.receivedBytes && one.sentFrames === other.receivedFrames;
  return same(atA, atB) && same(atB, atA);
}
