export type { Json, JsonObject } from '@collabnet/envelope';
export type { HistoryEntry, RangeOptions, StateEntry, StateWrite, WorldState } from './world-state.ts';
export { MemoryWorldState } from './memory-state.ts';
export { OverlayState } from './overlay.ts';
