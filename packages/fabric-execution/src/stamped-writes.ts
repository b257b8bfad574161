import type { OverlayState, StateWrite } from '@collabnet/contracts';
import { encodeStamped, type Stamp } from './stamp.ts';

/** A change of Fabric's state; `text` is absent where the key is deleted. */
export interface StampedWrite {
  readonly key: string;
  readonly text?: string;
}

/** What contracts wrote, and the party keys, in key order. */
export function stampedWrites(overlay: OverlayState, stamp: Stamp, partyKeys: readonly string[]): StampedWrite[] {
  const written: StateWrite[] = [...overlay.writes(), ...partyKeys.map((key) => ({ key, value: {} }))];
  return written.sort((left, right) => (left.key < right.key ? -1 : 1)).map(({ key, value }) => (value === null ? { key } : { key, text: encodeStamped(value, stamp) }));
}
