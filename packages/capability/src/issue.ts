import { canonicalJson } from '@collabnet/envelope';
import { randomBytes, toBase64Url } from '@collabnet/sm';
import type { z } from 'zod';
import { capabilityContent, capabilitySchemaId, signedCapability } from './capability.ts';
import type { Capability, CapabilityRequest } from './capability.ts';
import { CapabilityError } from './errors.ts';

/** Signs with the institution key named in the request: `sm2Sign` or `keyStore.sign(keyId, message)`. */
export type CapabilitySigner = (message: string) => string | Promise<string>;

/**
 * Issues a one-time capability signed with SM2 by the institution key.
 *
 * @param request content without schema; `id` is drawn (128 bit) when absent
 * @throws CapabilityError CAPABILITY_MALFORMED when the content does not fit the schema
 */
export async function issueCapability(request: CapabilityRequest, sign: CapabilitySigner): Promise<Capability> {
  const parsed = capabilityContent.safeParse({ schema: capabilitySchemaId, id: toBase64Url(randomBytes(16)), ...request });
  if (!parsed.success) throw malformed(parsed.error);
  const signed = signedCapability.safeParse({ ...parsed.data, signature: await sign(canonicalJson(parsed.data)) });
  if (!signed.success) throw malformed(signed.error);
  return signed.data;
}

/** The first fault of a schema check as an error that names the field. */
export function malformed(error: z.ZodError): CapabilityError {
  const issue = error.issues[0];
  const field = issue?.path.join('.') ?? '';
  return new CapabilityError('CAPABILITY_MALFORMED', `Capability: ${field || 'content'}: ${issue?.message ?? 'malformed'}.`, { field });
}
