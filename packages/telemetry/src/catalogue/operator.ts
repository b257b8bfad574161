import { counter, gauge, seconds } from './definition.ts';

/** Metrics of the operator's runtime, which knows no kind of resource. */
export const RUNTIME_METRICS = {
  leader: gauge('leader', '1 while this process is the leader; exactly one replica should say so.'),
  reconciles: counter('reconcile_total', 'Reconciles by how they ended. outcome: success, waiting (for somebody else), stalled (a person must act), error (tried again with back-off), conflict, suspended, deleted, missing or cancelled; reason: as in the condition Ready.', ['controller', 'outcome', 'reason']),
  reconcileSeconds: seconds('reconcile_duration_seconds', 'Time of one reconcile.', ['controller']),
  queueDepth: gauge('queue_depth', 'Keys that wait for a worker.', ['queue']),
  queueDelayed: gauge('queue_delayed', 'Keys that wait for their time.', ['queue']),
  queueActive: gauge('queue_active', 'Keys that are worked on.', ['queue']),
  queueLongest: gauge('queue_longest_running_seconds', 'Age of the oldest reconcile that runs.', ['queue']),
  queueLatency: seconds('queue_latency_seconds', 'Time from being added to being started.', ['queue']),
  queueWork: seconds('queue_work_seconds', 'Time a reconcile took, its queueing not counted.', ['queue']),
  queueRetries: counter('queue_retries_total', 'Keys added again after a failure.', ['queue']),
  informerObjects: gauge('informer_objects', 'Objects held in the cache.', ['kind']),
  informerIdle: gauge('informer_last_activity_seconds', 'Time since the API server last sent anything.', ['kind']),
  informerSynced: gauge('informer_synced', '1 once the first list is complete.', ['kind']),
  informerReconnects: counter('informer_reconnects_total', 'Watch streams opened again.', ['kind']),
  informerRelists: counter('informer_relists_total', 'Complete lists after the first.', ['kind']),
  informerErrors: counter('informer_errors_total', 'Lists and watches that failed, by the code of the API server.', ['kind', 'code']),
  informerEvents: counter('informer_events_total', 'Changes seen.', ['kind', 'type']),
  eventsSent: counter('events_sent_total', 'Kubernetes events written.', ['type']),
  eventsDropped: counter('events_dropped_total', 'Kubernetes events not written.', ['why']),
} as const;

/** Metrics of what the operator does with them. `network` is the name of the CollabNetwork. */
export const OPERATOR_METRICS = {
  ...RUNTIME_METRICS,
  tasks: gauge('tasks', 'ComputeTasks in the namespace, own and mirrored, by phase.', ['phase']),
  attemptsFailed: counter('attempts_failed_total', 'Attempts that this institution reported as failed, by the reason that stands on the ledger.', ['reason']),
  quotaLimit: gauge('quota_limit', 'Limits of spec.quotas of the CollabNetwork, by the DID of the member that proposes. quota: runningAttempts, openTasks or computeSecondsPerDay.', ['network', 'proposer', 'quota']),
  quotaUsed: gauge('quota_used', 'What is used of it: attempts that have a pod, tasks that have not ended, seconds that attempts ran in the last 24 hours. Tasks that wait for it: reason QuotaExceeded of reconcile_total.', ['network', 'proposer', 'quota']),
  ledgerHeight: gauge('ledger_height', 'Height of the newest block that this institution verified.', ['network']),
  ledgerViewAge: gauge('ledger_view_age_seconds', 'Time since the ledger last confirmed that this is the newest block. Beyond spec.maxStaleness nothing is authorised.', ['network']),
  ledgerBlockAge: gauge('ledger_block_age_seconds', 'Age of the newest block. A quiet network makes none; it is a lag only while others see newer ones.', ['network']),
  ledgerUsable: gauge('ledger_usable', '1 while the view can be read; 0 before the first contact and after a divergence.', ['network']),
  fabricCertificateExpiry: gauge('fabric_certificate_expiry_timestamp_seconds', 'When the first certificate of the Fabric nodes ends, seconds since 1970. Renewed months before.', ['network']),
  fabricSnapshotsFresh: gauge('fabric_snapshots_fresh', '1 while the backups of the ledger are in order, 0 otherwise, as condition SnapshotsFresh; there with spec.ledger.fabric.snapshots.', ['network']),
  fabricLivePeers: gauge('fabric_live_peers', 'Peers of all institutions on the channel that the own peer knows to be alive, itself included.', ['network']),
  fabricPeersSufficient: gauge('fabric_peers_sufficient', '1 while enough peers are alive, 0 otherwise, as condition PeersSufficient.', ['network']),
  ledgerSubmits: counter('ledger_submits_total', 'Transactions submitted, by outcome: Accepted, or the code of the refusal or failure.', ['network', 'contract', 'method', 'outcome']),
  ledgerSubmitSeconds: seconds('ledger_submit_seconds', 'Time from submitting a transaction to seeing it in a block verified here.', ['network', 'contract', 'method']),
} as const;
