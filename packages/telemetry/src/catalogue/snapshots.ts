import { counter, gauge } from './definition.ts';

/** Metrics of the process that keeps the snapshots of a Fabric peer. All but the last are there once it has looked at them. */
export const SNAPSHOT_METRICS = {
  complete: gauge('complete', 'Complete snapshots on the volume whose files fit their hashes.'),
  damaged: gauge('damaged', 'Snapshots whose files do not fit their hashes; they are neither counted nor deleted.'),
  lastBlock: gauge('last_block', 'Newest block of the newest complete snapshot; -1 when there is none.'),
  lastTime: gauge('last_timestamp_seconds', 'When the newest snapshot was complete, seconds since 1970; 0 when there is none.'),
  lastBytes: gauge('last_size_bytes', 'Size of the newest complete snapshot.'),
  volumeBytes: gauge('volume_size_bytes', 'Size of the volume of the snapshots.'),
  volumeAvailable: gauge('volume_available_bytes', 'Room that is left on the volume. The next snapshot is written before the oldest is deleted.'),
  failedLooks: counter('failed_looks_total', 'Looks at the snapshots that failed: the folder could not be read, or an old one not deleted.'),
} as const;
