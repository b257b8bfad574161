import { fromBase64Url, sm3Hex } from '@collabnet/sm';
import { z } from 'zod';
import type { ChannelChange } from './record.ts';

/** Octets in base64 (RFC 4648 §4), one spelling only, so that one update has one id. */
export function octetsSchema(most: number): z.ZodType<string> {
  return z
    .string()
    .min(1)
    .max(4 * Math.ceil(most / 3), `give at most ${most} octets`)
    .refine((text) => octetsOf(text) !== undefined, 'give base64 with padding')
    .refine((text) => (octetsOf(text)?.length ?? 0) <= most, `give at most ${most} octets`);
}

/**
 * Id of an update of the channel: SM3 over kind, DID and octets, hex. With the change in it, nobody can take the place of
 * an update by proposing its octets, which anybody can compute, as something else.
 *
 * @param update - serialised ConfigUpdate in base64
 */
export function channelUpdateId({ kind, did }: ChannelChange, update: string): string {
  const octets = octetsOf(update);
  if (octets === undefined) throw new TypeError('update: not base64 with padding');
  return sm3Hex(Buffer.concat([Buffer.from(`${kind}\n${did}\n`), octets]));
}

function octetsOf(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  try {
    return fromBase64Url(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''));
  } catch {
    return undefined;
  }
}
