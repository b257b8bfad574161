import { gauge } from './definition.ts';

/** Metrics of the process that keeps the snapshots of a Fabric peer. */
export const SNAPSHOT_METRICS = {
  complete: gauge('complete', 'Complete snapshots on the volume whose files fit their hashes.'),
  damaged: gauge('damaged', 'Snapshots whose files do not fit their hashes; they are neither counted nor deleted.'),
  lastBlock: gauge('last_block', 'Newest block of the newest complete snapshot; -1 when there is none.'),
  lastTime: gauge('last_timestamp_seconds', 'When the newest snapshot was complete, seconds since 1970; 0 when there is none.'),
  lastBytes: gauge('last_size_bytes', 'Size of the newest complete snapshot.'),
} as const;
