import { z } from 'zod';

export const hex = (digits: number): z.ZodString =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} lower-case hex digits`);
/** Salted commitment, HMAC-SM3. */
export const commitmentSchema = hex(64);
/** Uncompressed SM2 point. */
export const publicKeySchema = z.string().regex(/^04[0-9a-f]{128}$/, 'uncompressed SM2 point, 130 lower-case hex digits');
/** SM2 signature, r || s. */
export const signatureSchema = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'base64url of 64 bytes');
export const didText = z.string().max(256).regex(/^did:[a-z0-9]+:\S+$/, 'a DID such as did:collab:<network>:<subject code>');
/** Name of a party, input, output or step. */
export const nameText = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and hyphens, at most 63');
export const columnText = z.string().min(1).max(128);
export const epochMs = z.int().nonnegative();
export const count = z.int().nonnegative();
