import { fromBase64Url, toBase64Url, toBytes } from '@collabnet/sm';
import type { Capability } from './capability.ts';
import { CapabilityError } from './errors.ts';

/** HTTP request header that carries a capability. */
export const capabilityHeader = 'collabnet-capability';
/** Headers beyond this are refused before they are parsed (node:http takes 16 KiB in all). */
const maxHeaderLength = 12 * 1024;

/** Header value: unpadded base64url of the JSON. */
export function encodeCapability(capability: Capability): string {
  return toBase64Url(toBytes(JSON.stringify(capability)));
}

/**
 * The JSON of a header value; nothing about it is verified yet.
 *
 * @throws CapabilityError CAPABILITY_MISSING, CAPABILITY_MALFORMED
 */
export function decodeCapability(header: string | readonly string[] | undefined): unknown {
  if (header === undefined) {
    throw new CapabilityError('CAPABILITY_MISSING', `Send the header ${capabilityHeader}.`, { field: capabilityHeader });
  }
  if (typeof header !== 'string' || header.length > maxHeaderLength) {
    throw new CapabilityError('CAPABILITY_MALFORMED', `Header ${capabilityHeader}: give one value of at most ${maxHeaderLength} characters.`, { field: capabilityHeader });
  }
  try {
    return JSON.parse(Buffer.from(fromBase64Url(header)).toString('utf8')) as unknown;
  } catch (cause) {
    throw new CapabilityError('CAPABILITY_MALFORMED', `Header ${capabilityHeader}: not base64url of JSON.`, { field: capabilityHeader, cause });
  }
}
