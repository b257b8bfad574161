import { checkMspId, formatEndpoint, type Endpoint } from '../names.ts';
import type { NodePaths } from './paths.ts';

/** What differs from peer to peer. */
export interface PeerConfigInput {
  readonly mspId: string;
  /** Name in logs and in gossip. */
  readonly id: string;
  readonly paths: NodePaths;
  readonly listen: Endpoint;
  /** Where it is reached, by the own institution at least. */
  readonly address: Endpoint;
  /** Where other institutions reach it, if elsewhere. */
  readonly externalAddress?: Endpoint;
  /** Another peer of the institution, which this one asks for the others when it starts; default itself. */
  readonly sibling?: Endpoint;
  /** Orderers that this peer reaches elsewhere than the channel says; their certificates are of the own TLS authority. */
  readonly ordererOverrides?: readonly { readonly from: Endpoint; readonly to: Endpoint }[];
  /** Health and metrics, without TLS. */
  readonly operations: Endpoint;
  /** Where snapshots are written, and kept until somebody deletes them; default below the data. */
  readonly snapshots?: string;
  /** Folder with `bin/detect`, `bin/build` and `bin/release`. */
  readonly chaincodeBuilder: string;
  /** Largest difference between the time of a request for blocks and the peer's clock; default 15 minutes, as Fabric has it. */
  readonly authenticationWindow?: string;
  /** How often peers tell each other that they live and what they have; shorter in tests. */
  readonly gossipInterval?: string;
}

/**
 * The content of `core.yaml`. Written as JSON it is YAML as well. Every peer fetches blocks from the orderers by itself: the few
 * of an institution need no election of who does.
 */
export function peerConfig(input: PeerConfigInput): object {
  return {
    peer: {
      id: input.id,
      networkId: 'collabnet',
      listenAddress: formatEndpoint(input.listen),
      address: formatEndpoint(input.address),
      // Chaincode that runs as a service is called by the peer and never calls it, but the listener cannot be left out.
      chaincodeListenAddress: '127.0.0.1:0',
      gateway: { enabled: true, endorsementTimeout: '30s', broadcastTimeout: '30s', dialTimeout: '10s' },
      keepalive: {
        interval: '60s', timeout: '20s', minInterval: '10s',
        client: { interval: '60s', timeout: '20s' },
        deliveryClient: { interval: '60s', timeout: '20s' },
      },
      gossip: gossip(input),
      tls: tls(input.paths),
      authentication: { timewindow: input.authenticationWindow ?? '15m' },
      fileSystemPath: input.paths.data,
      BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
      mspConfigPath: input.paths.msp,
      localMspId: checkMspId(input.mspId),
      localMspType: 'bccsp',
      client: { connTimeout: '3s' },
      // A peer that lost its orderers keeps trying: giving up would need a restart by hand.
      // The gateway of the peer follows these overrides, too.
      deliveryclient: { ...overrides(input), blockGossipEnabled: true, reconnectTotalTimeThreshold: '87600h', connTimeout: '3s', reConnectBackoffThreshold: '10s' },
      handlers: {
        authFilters: [{ name: 'DefaultAuth' }, { name: 'ExpirationCheck' }],
        decorators: [{ name: 'DefaultDecorator' }],
        endorsers: { escc: { name: 'DefaultEndorsement' } },
        validators: { vscc: { name: 'DefaultValidation' } },
      },
      discovery: { enabled: true, authCacheEnabled: true, authCacheMaxSize: 1000, authCachePurgeRetentionRatio: 0.75, orgMembersAllowedAccess: false },
      limits: { concurrency: { endorserService: 2500, deliverService: 2500, gatewayService: 500 } },
      maxRecvMsgSize: 100 * 1024 * 1024,
      maxSendMsgSize: 100 * 1024 * 1024,
    },
    // No Docker: chaincode runs as a service only.
    vm: { endpoint: '' },
    chaincode: {
      externalBuilders: [{ name: 'ccaas', path: input.chaincodeBuilder }],
      installTimeout: '60s',
      startuptimeout: '60s',
      executetimeout: '30s',
      mode: 'net',
      // fabric-shim 2.5 for Node ends its process at the first such message: it knows none of that type.
      keepalive: 0,
      system: { _lifecycle: 'enable', cscc: 'enable', lscc: 'enable', qscc: 'enable' },
      logging: { level: 'info', shim: 'warning' },
    },
    ledger: ledger(input),
    operations: { listenAddress: formatEndpoint(input.operations), tls: { enabled: false } },
    metrics: { provider: 'prometheus' },
  };
}

function tls({ tls: folder }: NodePaths): object {
  return {
    enabled: true,
    clientAuthRequired: false,
    cert: { file: `${folder}/tls.crt` },
    key: { file: `${folder}/tls.key` },
    rootcert: { file: `${folder}/ca.crt` },
    clientCert: { file: `${folder}/tls.crt` },
    clientKey: { file: `${folder}/tls.key` },
  };
}

function overrides({ ordererOverrides = [], paths }: PeerConfigInput): object {
  if (ordererOverrides.length === 0) return {};
  return { addressOverrides: ordererOverrides.map(({ from, to }) => ({ from: formatEndpoint(from), to: formatEndpoint(to), caCertsFile: `${paths.tls}/ca.crt` })) };
}

function gossip({ address, externalAddress, sibling, gossipInterval }: PeerConfigInput): object {
  const interval = gossipInterval ?? '4s';
  return {
    bootstrap: formatEndpoint(sibling ?? address),
    endpoint: formatEndpoint(address),
    externalEndpoint: formatEndpoint(externalAddress ?? address),
    useLeaderElection: false,
    orgLeader: true,
    aliveTimeInterval: interval,
    publishStateInfoInterval: interval,
    requestStateInfoInterval: interval,
    pullInterval: interval,
    membershipTrackerInterval: '5s',
    maxBlockCountToStore: 10,
    state: { enabled: false },
    pvtData: {
      implicitCollectionDisseminationPolicy: { requiredPeerCount: 0, maxPeerCount: 1 },
      // Approvals of chaincode are private to an institution. A peer that is rebuilt asks its siblings for them, and an only
      // peer has none: it must not wait the usual minute for each. What a sibling has comes with the reconciliation.
      pullRetryThreshold: '1s',
      transientstoreMaxBlockRetention: 1000,
      pushAckTimeout: '3s',
      btlPullMargin: 10,
      reconcileBatchSize: 10,
      reconcileSleepInterval: '1m',
      reconciliationEnabled: true,
    },
  };
}

function ledger({ paths, snapshots }: PeerConfigInput): object {
  return {
    blockchain: {},
    state: { stateDatabase: 'goleveldb', totalQueryLimit: 100_000 },
    // No rule depends on it, and it would be written for every value; who asks for the past asks a verified replica.
    history: { enableHistoryDatabase: false },
    pvtdataStore: { collElgProcMaxDbBatchSize: 5000, collElgProcDbBatchesInterval: 1000, deprioritizedDataReconcilerInterval: '60m', purgeInterval: 100, purgedKeyAuditLogging: true },
    snapshots: { rootDir: snapshots ?? `${paths.data}/snapshots` },
  };
}
