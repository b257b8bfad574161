import { didSchema, publicKeyHexSchema } from '@collabnet/did';
import { z } from 'zod';
import { algorithmRefSchema } from './spec.ts';
import { WIRE_PROFILES } from './vocabulary.ts';

/** Name of a step, and of its inputs and outputs: a DNS label. */
export const stepNameSchema = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hex digits');
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const seconds = z.number().min(0).max(1e9);

/**
 * What one courier counted of its traffic with one peer: the digest (SM3) over header and ciphertext hash of every
 * tunnel frame in sequence order, their number, and the plaintext octets. A's `sent` must equal B's `received`.
 */
export const transcriptSchema = z.strictObject({
  sentDigest: digest,
  receivedDigest: digest,
  sentBytes: count,
  receivedBytes: count,
  sentFrames: count,
  receivedFrames: count,
});

/** Salted commitment to one frozen input, and to its number of rows. */
export const inputCommitmentSchema = z.strictObject({ input: stepNameSchema, commitment: digest, rowsCommitment: digest.optional() });

export const RECEIPT_SCHEMA = 'collabnet.dev/receipt/v1';

/** The signed record of what one party did in one step (requirement 112): commitments only, no cardinalities. */
export const receiptSchema = z.strictObject({
  schema: z.literal(RECEIPT_SCHEMA),
  network: digest,
  flowId: digest,
  step: stepNameSchema,
  attempt: z.int().min(1),
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
  inputCommitments: z.array(inputCommitmentSchema).max(16),
  outputCommitment: digest.optional(),
  /** What was received as it is: the commitment of who gave it, made anew from what came. The ledger compares both (requirement 60). */
  received: z.array(z.strictObject({ from: didSchema, input: stepNameSchema, commitment: digest })).max(16).optional(),
  /** Of a step in a trusted execution environment: whose, and SM3 of the attestation result that it showed in each handshake, by DID of the other end. */
  attestation: z.strictObject({ host: didSchema, results: z.record(didSchema, digest) }).optional(),
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
export type Transcript = z.infer<typeof transcriptSchema>;
export type InputCommitment = z.infer<typeof inputCommitmentSchema>;
