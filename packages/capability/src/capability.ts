import { z } from 'zod';

export const capabilitySchemaId = 'collabnet.dev/capability/v1';

const text = z.string().min(1).max(512);
const name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/, 'letters, digits, dot, dash and underscore only');
const hex = (digits: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} lower-case hex digits`);

const common = {
  schema: z.literal(capabilitySchemaId),
  /** Random; a door accepts each id once. */
  id: z.string().regex(/^[A-Za-z0-9_-]{16,128}$/, '16 to 128 characters of base64url'),
  /** DID of the institution whose door this opens. */
  issuer: text,
  keyId: text,
  /** SHA-256 (hex) of the DER of the client certificate that may use it. */
  certificateSha256: hex(64),
  networkId: text,
  flowId: text,
  step: name,
  attempt: z.int().min(1),
  /** Epoch milliseconds; refused from then on. */
  expires: z.int().positive(),
};

const read = z.strictObject({
  ...common,
  action: z.literal('read'),
  asset: text,
  assetVersion: z.int().min(1),
  /** Columns that may be read, in the order they are delivered. */
  columns: z.array(text).min(1).max(4096),
  /** HMAC-SM3 of the frozen input under `fingerprintSalt`; absent: the door takes the one of the ledger, or none. */
  fingerprint: hex(64).optional(),
  /** Base64url. A secret of the institution; never leaves it. */
  fingerprintSalt: z.string().regex(/^[A-Za-z0-9_-]{22,128}$/).optional(),
});

const deliver = z.strictObject({
  ...common,
  action: z.literal('deliver'),
  /** Name of the task output this result is stored as. */
  output: name,
  /** Ceiling of the result in bytes; absent: the quota of the store alone. */
  maxBytes: z.int().positive().optional(),
});

/** An output of an earlier step, or a model of an earlier flow, from the own result store. */
const fetchResult = z.strictObject({
  ...common,
  action: z.literal('fetch'),
  /** Without a flow, of the capability's own. */
  source: z.strictObject({ flow: text.optional(), step: name, output: name }),
});

export const capabilityContent = z.discriminatedUnion('action', [read, deliver, fetchResult]);
const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'SM2 signature, 64 bytes in base64url');
export const signedCapability = z.discriminatedUnion('action', [
  read.extend({ signature }),
  deliver.extend({ signature }),
  fetchResult.extend({ signature }),
]);

/** What is signed: who may do what, once, with which certificate, until when (interfaces §6). */
export type CapabilityContent = z.infer<typeof capabilityContent>;
export type ReadCapability = Extract<Capability, { action: 'read' }>;
export type FetchCapability = Extract<Capability, { action: 'fetch' }>;
export type DeliverCapability = Extract<Capability, { action: 'deliver' }>;
/** A signed capability: {@link CapabilityContent} with `signature`, SM2 over the canonical JSON (RFC 8785) of the rest. */
export type Capability = z.infer<typeof signedCapability>;

type Issued = 'schema' | 'id';
type WithoutIssued<T> = T extends unknown ? Omit<T, Issued> & { id?: string } : never;
/** What the issuer gives; schema and a random id are added. */
export type CapabilityRequest = WithoutIssued<CapabilityContent>;
