import { z } from 'zod';
import { decodeSm2Multikey } from '@collabnet/sm';
import { isDid } from './did.ts';
import type { DidDocument } from './document.ts';
import type { RegisteredDid } from './record.ts';

/** A DID of this method. */
export const didSchema = z.string().max(128).refine(isDid, 'want did:collab:<32 hex digits>:<subject code>');

/** Uncompressed SM2 public key in lower-case hex. */
export const publicKeyHexSchema = z.string().regex(/^04[0-9a-f]{128}$/, 'want 130 lower-case hex digits from 04');

const keyIdSchema = z
  .string()
  .max(200)
  .refine(
    (text) => /^[^#]+#[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) && isDid(text.split('#')[0] ?? ''),
    'want <DID>#<fragment>',
  );

const verificationMethodSchema = z.strictObject({
  id: keyIdSchema,
  type: z.literal('Multikey'),
  controller: didSchema,
  publicKeyMultibase: z.string().max(64).refine(isMultikey, 'want an SM2 Multikey'),
});

/** Strict shape of {@link DidDocument}: unknown members, foreign keys and dangling references are refused. */
export const didDocumentSchema: z.ZodType<DidDocument> = z
  .strictObject({
    '@context': z.array(z.string().max(256)).min(1).max(8),
    id: didSchema,
    controller: z.array(didSchema).min(1).max(8),
    verificationMethod: z.array(verificationMethodSchema).min(1).max(16),
    assertionMethod: z.array(keyIdSchema).max(16),
    authentication: z.array(keyIdSchema).max(16),
    keyAgreement: z.array(keyIdSchema).max(16),
    service: z
      .array(
        z.strictObject({ id: z.string().max(256), type: z.string().max(64), serviceEndpoint: z.string().max(512) }),
      )
      .max(16)
      .optional(),
    alsoKnownAs: z.array(z.string().max(256)).max(16).optional(),
  })
  .superRefine((document, context) => {
    const ids = document.verificationMethod.map((method) => method.id);
    const named = [...document.assertionMethod, ...document.authentication, ...document.keyAgreement];
    if (new Set(ids).size !== ids.length)
      context.addIssue({ code: 'custom', message: 'verificationMethod ids must differ' });
    if (ids.some((id) => !id.startsWith(`${document.id}#`))) {
      context.addIssue({ code: 'custom', message: 'verificationMethod ids must belong to the document id' });
    }
    if (named.some((id) => !ids.includes(id))) {
      context.addIssue({ code: 'custom', message: 'a relationship names a key that is not in verificationMethod' });
    }
  });

const heightSchema = z.number().int().nonnegative();

/** Strict shape of {@link RegisteredDid}. */
export const registeredDidSchema: z.ZodType<RegisteredDid> = z.strictObject({
  document: didDocumentSchema,
  principalType: z.enum(['institution', 'person', 'workload']),
  displayName: z.string().max(256),
  controller: didSchema.optional(),
  roles: z.array(z.string().max(64)).max(32),
  version: z.number().int().positive(),
  keys: z.record(
    keyIdSchema,
    z.strictObject({
      publicKey: publicKeyHexSchema,
      purpose: z.enum(['sign', 'agree']),
      validFromHeight: heightSchema,
      validUntilHeight: heightSchema.optional(),
    }),
  ),
  deactivatedAtHeight: heightSchema.optional(),
  registeredAtHeight: heightSchema,
});

function isMultikey(text: string): boolean {
  try {
    decodeSm2Multikey(text);
    return true;
  } catch {
    return false;
  }
}
