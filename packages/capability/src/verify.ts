import { canonicalJson } from '@collabnet/envelope';
import { sm2Verify } from '@collabnet/sm';
import { signedCapability } from './capability.ts';
import type { Capability } from './capability.ts';
import { CapabilityError } from './errors.ts';
import { malformed } from './issue.ts';

export interface IssuerKey {
  /** DID of the institution. */
  readonly did: string;
  readonly keyId: string;
  /** SM2 public key, hex. */
  readonly publicKey: string;
}

export interface VerifyOptions<A extends Capability['action']> {
  readonly action: A;
  /** Keys that may have signed; several while a key is being rotated. */
  readonly issuers: readonly IssuerKey[];
  /** SHA-256 (hex) of the DER of the certificate that the caller presented in this connection. */
  readonly certificateSha256: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Checks form, issuer, signature, action, certificate and expiry. The one-time id is for the door to record: only it
 * knows what was used before.
 *
 * @throws CapabilityError CAPABILITY_MALFORMED, CAPABILITY_ISSUER, CAPABILITY_SIGNATURE, CAPABILITY_SCOPE,
 * CAPABILITY_CERTIFICATE, CAPABILITY_EXPIRED
 */
export function verifyCapability<A extends Capability['action']>(
  value: unknown,
  options: VerifyOptions<A>,
): Extract<Capability, { action: A }> {
  const parsed = signedCapability.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error);
  const { signature, ...content } = parsed.data;
  const issuer = options.issuers.find((key) => key.did === content.issuer && key.keyId === content.keyId);
  if (!issuer) {
    throw new CapabilityError('CAPABILITY_ISSUER', `Capability: key ${content.keyId} of ${content.issuer} may not open this door.`, { field: 'keyId' });
  }
  if (!sm2Verify(canonicalJson(content), signature, issuer.publicKey)) {
    throw new CapabilityError('CAPABILITY_SIGNATURE', 'Capability: signature does not fit the content; ask for a new one.', { field: 'signature' });
  }
  if (content.action !== options.action) {
    throw new CapabilityError('CAPABILITY_SCOPE', `Capability: action is ${content.action}, needed is ${options.action}.`, { field: 'action' });
  }
  if (content.certificateSha256 !== options.certificateSha256) {
    throw new CapabilityError('CAPABILITY_CERTIFICATE', 'Capability: issued for another client certificate.', { field: 'certificateSha256' });
  }
  if (options.now >= content.expires) {
    throw new CapabilityError('CAPABILITY_EXPIRED', `Capability: expired at ${new Date(content.expires).toISOString()}.`, { field: 'expires' });
  }
  return parsed.data as Extract<Capability, { action: A }>;
}
