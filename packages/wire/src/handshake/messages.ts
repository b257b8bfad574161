import { LONGEST_TOKEN } from '@collabnet/attestation';
import { delegationBytes, delegationSchema } from '@collabnet/envelope';
import { sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import type { Delegation } from '@collabnet/envelope';
import type { WireContext, WirePeer } from './context.ts';

const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/);

export const helloSchema = z.strictObject({
  from: z.string().max(256),
  to: z.string().max(256),
  ephemeral: z.string().regex(/^[A-Za-z0-9_-]{16,256}$/),
  delegation: delegationSchema,
  /** Attestation result over the octets that `signature` covers, of who computes in a trusted execution environment. */
  attestation: z.string().max(LONGEST_TOKEN).optional(),
  signature,
});
export type Hello = z.infer<typeof helloSchema>;

export const confirmSchema = z.strictObject({ signature, mac: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
export type Confirm = z.infer<typeof confirmSchema>;

/** A handshake message, or undefined for anything else. */
export function readMessage<T>(schema: z.ZodType<T>, payload: Uint8Array): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Why a delegation does not say that the peer's institution gave this attempt to the key of the ledger. */
export function delegationFault(delegation: Delegation, peer: WirePeer, context: WireContext, now: number): string | undefined {
  if (delegation.network !== context.networkId) return 'delegation is of another network';
  if (delegation.delegator.id !== peer.did) return 'delegation is of another institution';
  if (delegation.delegate.publicKey !== peer.courierKey) return 'delegation names another key than the ledger';
  if (delegation.task !== undefined && delegation.task !== context.flowId) return 'delegation is of another task';
  if (delegation.attempt !== undefined && delegation.attempt !== String(context.attempt)) return 'delegation is of another attempt';
  if (now >= delegation.expires) return 'delegation has expired';
  if (peer.institutionKey !== undefined && !sm2Verify(delegationBytes(delegation), delegation.signature, peer.institutionKey)) {
    return 'delegation is not signed by the institution';
  }
  return undefined;
}
