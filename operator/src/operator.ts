import type { Approval, CollabNetwork, ParticipantDID } from '@collabnet/crds';
import { LedgerViewServer } from '@collabnet/ledger/view';
import { openTracer, type Logger, type Metrics } from '@collabnet/telemetry';
import { approvalController, restingApproval } from './controllers/approval/controller.ts';
import { CandidateHosts } from './controllers/collab-network/candidate-hosts.ts';
import { collabNetworkController } from './controllers/collab-network/controller.ts';
import { serviceAddresses } from './controllers/collab-network/fabric/addresses.ts';
import { apiServerAddresses } from './controllers/collab-network/fabric/member-addresses.ts';
import { JoinClients } from './controllers/collab-network/join-client.ts';
import { LedgerReplicas } from './controllers/collab-network/ledger-replicas.ts';
import { computeTaskController, computeTaskInformers, isBeingRemoved, withdrawOpenFlows } from './controllers/compute-task/index.ts';
import { dataAssetController, dataAssetInformers } from './controllers/data-asset/controller.ts';
import { APPROVAL, COLLAB_NETWORK, PARTICIPANT_DID } from './controllers/kinds.ts';
import { participantDidController } from './controllers/participant-did/controller.ts';
import { loadOperatorConfig } from './institution/config.ts';
import { fabricMetrics } from './institution/fabric-metrics.ts';
import { HubServer } from './institution/hub-server.ts';
import { InstitutionAuthority } from './institution/institution-authority.ts';
import { ledgerMetrics } from './institution/ledger-metrics.ts';
import { KeySources } from './institution/key-sources.ts';
import { LocalNats } from './institution/local-nats.ts';
import { keepResultStore } from './institution/result-store-config.ts';
import { RemovalWatch } from './institution/removal-watch.ts';
import { SecretStore } from './institution/secret-store.ts';
import { SessionRegistry } from './institution/session-registry.ts';
import { KubeClient, Manager } from './runtime/index.ts';

export interface OperatorOptions {
  environment: NodeJS.ProcessEnv;
  logger: Logger;
  metrics: Metrics;
  signal: AbortSignal;
}

/** Builds one institution's operator and runs it until the signal. */
export async function startOperator({ environment, logger, metrics, signal }: OperatorOptions): Promise<void> {
  const config = await loadOperatorConfig(environment['OPERATOR_CONFIG'] ?? '/etc/operator/config.json');
  const client = await KubeClient.load();
  const namespace = client.namespace;
  const tracer = await openTracer({ endpoint: config.telemetry.otlp.endpoint, service: 'operator', namespace, logger });
  const manager = new Manager({
    client,
    logger,
    metrics,
    leaderElection: { name: 'collabnet-operator', ...(environment['POD_NAME'] && { identity: environment['POD_NAME'] }) },
    http: { port: Number(environment['HTTP_PORT'] ?? 8080) },
  });
  const removal = new RemovalWatch(manager, namespace);
  const secrets = new SecretStore(manager.client, manager.applier);
  const keys = new KeySources(secrets, config.pkcs11Modules);
  const authority = new InstitutionAuthority(secrets, namespace);
  const nats = new LocalNats({ client: manager.client, secrets, logger, namespace });
  const hub = new HubServer({ client: manager.client, secrets, authority, namespace, hostnames: config.hub.hostnames });
  const sessions = new SessionRegistry();
  const networks = manager.informer<CollabNetwork>(COLLAB_NETWORK, { namespace });
  const participants = manager.informer<ParticipantDID>(PARTICIPANT_DID, { namespace });
  const approvals = manager.informer<Approval>(APPROVAL, { namespace, atRest: restingApproval });

  const joins = new JoinClients(logger, (network) => networkController.enqueue(`${namespace}/${network}`));
  const replicas = new LedgerReplicas({ secrets, nats, networks, logger, metrics, tracer, cache: environment['LEDGER_CACHE'] });
  manager.add(replicas);
  const candidates = new CandidateHosts(hub, logger);
  manager.add(candidates);
  ledgerMetrics(metrics, replicas);
  fabricMetrics(metrics, networks);
  const networkController = collabNetworkController(manager, networks, participants, { config, namespace, secrets, keys, nats, hub, sessions, joins, replicas, candidates, fabric: serviceAddresses(namespace, { ports: config.networkPolicy.fabric.ports, denied: apiServerAddresses(config.networkPolicy.apiServer.cidrs, environment['KUBERNETES_SERVICE_HOST']) }), logger });
  participantDidController(manager, participants, { keys, sessions });
  approvalController(manager, approvals, sessions);
  const assetInformers = dataAssetInformers(manager, namespace, approvals);
  dataAssetController(manager, assetInformers, { config, namespace, secrets, authority, nats, sessions });
  const taskInformers = { ...computeTaskInformers(manager, namespace), networks, assets: assetInformers.assets };
  computeTaskController(manager, taskInformers, { config, namespace, secrets, nats, authority, sessions, logger, tracer });
  keepResultStore(manager, networks, { client: manager.client, secrets, authority, nats, sessions, logger });
  // Left out: nobody looks, as where many operators share one machine.
  const viewPort = environment['LEDGER_VIEW_PORT'];
  if (viewPort !== undefined) manager.add(new LedgerViewServer({ ledgers: replicas, port: Number(viewPort), logger }));
  // Beside the shutdown, not after it: at an uninstall the own NATS server is about to go as well.
  let said: Promise<void> | undefined;
  const farewell = (): Promise<void> => (said ??= sayFarewell(client, removal, sessions, logger));
  removal.whenSeen(() => void farewell());
  if (signal.aborted) void farewell();
  else signal.addEventListener('abort', () => void farewell(), { once: true });
  try {
    await manager.run(signal);
  } finally {
    // Without its account the operator loses the lease, perhaps before anybody ends it.
    if (signal.aborted || removal.seen) await farewell();
    await replicas.close();
    await nats.close();
    await tracer.close();
    await client.close();
  }
}

/** Whoever waits for an institution that is leaving should learn it from the ledger, not from a deadline. */
async function sayFarewell(client: KubeClient, removal: RemovalWatch, sessions: SessionRegistry, logger: Logger): Promise<void> {
  if (!removal.seen && !(await isBeingRemoved(client))) return;
  logger.info('the installation is being removed: open flows are given up');
  await Promise.allSettled(sessions.all().map((session) => withdrawOpenFlows(session, logger)));
}
