import { z } from 'zod';
import { didSchema, publicKeyHexSchema } from '@collabnet/did';
import { isJsonObject } from './json.ts';
import { delegationSchemaId, transactionSchemaId } from './types.ts';
import type { JsonObject } from './json.ts';
import type { Delegation, Principal, SealedPart, SignedTransaction, TransactionPayload } from './types.ts';

const networkSchema = z.string().regex(/^[0-9a-f]{32,64}$/, 'want 32 to 64 lower-case hex digits');
const nonceSchema = z.string().regex(/^[0-9a-f]{32}$/, 'want 32 lower-case hex digits');
const nameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'want a name of letters, digits, "_" and "-"');
const actionSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}\.[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'want contract.method');
const signatureSchema = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'want base64url of 64 bytes');
const base64UrlSchema = z.string().regex(/^[A-Za-z0-9_-]*$/, 'want base64url');
const idSchema = z.string().min(1).max(256);
const keyIdSchema = z
  .string()
  .max(320)
  .regex(/^[^#]+#[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'want <id>#<fragment>');
const epochSchema = z.number().int().nonnegative();
// Kept as given, not copied: the signature is checked over the value itself.
const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, 'want a JSON object without undefined or class instances');

/** Strict shape of {@link Principal}. */
export const principalSchema: z.ZodType<Principal> = z
  .strictObject({
    type: z.enum(['institution', 'person', 'workload']),
    scheme: z.enum(['DID', 'X.509']),
    id: idSchema,
  })
  .refine(
    (principal) => principal.scheme !== 'DID' || didSchema.safeParse(principal.id).success,
    'id must be a DID under scheme DID',
  );

const delegationShape = {
  schema: z.literal(delegationSchemaId),
  network: networkSchema,
  id: idSchema,
  delegator: z.strictObject({ id: idSchema, keyId: keyIdSchema }),
  delegate: z.strictObject({ type: z.enum(['workload', 'institution']), id: idSchema, publicKey: publicKeyHexSchema }),
  actions: z.array(actionSchema).min(1).max(64),
  task: idSchema.optional(),
  attempt: idSchema.optional(),
  notBefore: epochSchema,
  expires: epochSchema,
};

/** Strict shape of {@link Delegation} before it is signed. */
export const unsignedDelegationSchema: z.ZodType<Omit<Delegation, 'signature'>> = z.strictObject(delegationShape);

/** Strict shape of {@link Delegation}. */
export const delegationSchema: z.ZodType<Delegation> = z.strictObject({
  ...delegationShape,
  signature: signatureSchema,
});

/** Strict shape of {@link SealedPart}. */
export const sealedPartSchema: z.ZodType<SealedPart> = z.strictObject({
  algorithm: z.literal('SM4-CTR-HMAC-SM3'),
  nonce: base64UrlSchema.length(22),
  ciphertext: base64UrlSchema,
  tag: base64UrlSchema.length(43),
  recipients: z
    .array(z.strictObject({ keyId: keyIdSchema, encryptedKey: base64UrlSchema.max(256) }))
    .min(1)
    .max(64),
});

/** Strict shape of {@link TransactionPayload}. */
export const transactionPayloadSchema: z.ZodType<TransactionPayload> = z.strictObject({
  schema: z.literal(transactionSchemaId),
  network: networkSchema,
  kind: nameSchema,
  contract: nameSchema,
  method: nameSchema,
  nonce: nonceSchema,
  expires: epochSchema,
  head: z.strictObject({ height: epochSchema, hash: z.string().regex(/^[0-9a-f]{1,128}$/) }).optional(),
  principal: principalSchema,
  keyId: keyIdSchema,
  delegations: z.array(delegationSchema).max(8),
  audience: z.array(didSchema).max(64),
  public: jsonObjectSchema,
  sealed: sealedPartSchema.optional(),
});

/** Strict shape of {@link SignedTransaction}. */
export const signedTransactionSchema: z.ZodType<SignedTransaction> = z.strictObject({
  payload: transactionPayloadSchema,
  signature: signatureSchema,
});
