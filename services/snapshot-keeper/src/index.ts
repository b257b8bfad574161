export { loadConfig } from './config.ts';
export type { KeeperConfig } from './config.ts';
export { Keeper } from './keeper.ts';
export type { KeeperView } from './keeper.ts';
export { damageOf, readSnapshots } from './read-snapshots.ts';
export type { Snapshot } from './read-snapshots.ts';
export { showView } from './show-view.ts';
