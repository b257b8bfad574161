import { canonicalJson, type Json } from '@collabnet/envelope';

/** Where on the chain of causes a value was written: the height and the time (epoch ms) that its transaction ran at. */
export interface Stamp {
  readonly height: number;
  readonly time: number;
}

/** A value as it lies in Fabric's state. */
export interface StampedValue extends Stamp {
  readonly value: Json;
}

/** Canonical, so that every endorser writes the same octets. */
export function encodeStamped(value: Json, stamp: Stamp): string {
  return canonicalJson({ height: stamp.height, time: stamp.time, value });
}

/** Reads what {@link encodeStamped} wrote. @throws TypeError for anything else: somebody wrote past this adapter */
export function decodeStamped(text: string): StampedValue {
  const parsed = JSON.parse(text) as Partial<StampedValue> | null;
  if (parsed === null || typeof parsed !== 'object' || !Number.isSafeInteger(parsed.height) || !Number.isSafeInteger(parsed.time) || parsed.value === undefined) {
    throw new TypeError('state: a value without a stamp; it was not written by these contracts');
  }
  return parsed as StampedValue;
}
