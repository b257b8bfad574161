import { didSchema, publicKeyHexSchema } from '@collabnet/did';
import { WIRE_PROFILES, algorithmRefSchema } from '@collabnet/flow';
import { z } from 'zod';
import { attemptArgs, stepNameSchema } from '../flows/load.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hex digits');
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const seconds = z.number().min(0).max(1e9);

/** What one courier counted of its traffic with one peer; each direction has its own digest. */
export const transcriptSchema = z.strictObject({
  sentDigest: digest,
  receivedDigest: digest,
  sentBytes: count,
  receivedBytes: count,
  sentFrames: count,
  receivedFrames: count,
});

export const RECEIPT_SCHEMA = 'collabnet.dev/receipt/v1';

/** The signed record of what one party did in one step (requirement 112): commitments only, no cardinalities. */
export const receiptSchema = z.strictObject({
  schema: z.literal(RECEIPT_SCHEMA),
  network: digest,
  ...attemptArgs,
  party: didSchema,
  specDigest: digest,
  algorithm: algorithmRefSchema,
  engine: z.strictObject({
    name: z.string().max(64),
    version: z.string().max(64),
    imageDigest: z.string().max(128).optional(),
  }),
  /** Confinement that the engine reached, as it measured it. */
  isolation: z.strictObject({
    noNewPrivs: z.boolean(),
    seccomp: z.boolean(),
    landlockAbi: count,
    fileRules: z.boolean(),
    tcpRules: z.boolean(),
    canary: z.string().max(64),
  }),
  wireProfile: z.enum(WIRE_PROFILES),
  /** Public key of the attempt, which signs. */
  courierKey: publicKeyHexSchema,
  inputCommitments: z
    .array(z.strictObject({ input: stepNameSchema, commitment: digest, rowsCommitment: digest.optional() }))
    .max(16),
  outputCommitment: digest.optional(),
  /** Salted commitments to numbers of rows, by `in/<input>` and `out/<output>`. */
  rows: z.record(z.string().max(68), digest),
  /** By DID of each peer. */
  transcripts: z.record(didSchema, transcriptSchema),
  phases: z.strictObject({ prepare: seconds, align: seconds, compute: seconds, clean: seconds }),
  /** Octets. */
  peakMemory: z.strictObject({ engine: count, courier: count }),
  /** ms, by the courier's own clock. */
  startedAt: count,
  finishedAt: count,
  attempts: z.array(z.strictObject({ attempt: z.int().min(1), reason: z.string().max(64) })).max(100),
  result: z.literal('Succeeded'),
});

export type Receipt = z.infer<typeof receiptSchema>;

/** `receipt/<flowId>/<step>/<partyDid>` */
export interface ReceiptRecord {
  schema: 'collabnet.dev/receipt-record/v1';
  rules: string;
  flowId: string;
  step: string;
  attempt: number;
  party: string;
  receipt: Receipt;
  /** Of the attempt's key over the canonical receipt, base64url. */
  signature: string;
  /** SM3 of the canonical receipt. */
  digest: string;
  height: number;
  at: number;
}
