import { checkMspId, formatEndpoint, type Endpoint } from '../names.ts';
import type { NodePaths } from './paths.ts';

/** What differs from orderer to orderer. */
export interface OrdererConfigInput {
  readonly mspId: string;
  readonly paths: NodePaths;
  /** Clients, peers and the other orderers. */
  readonly listen: Endpoint;
  /** Channel participation; TLS with client certificates of the own institution. */
  readonly admin: Endpoint;
  /** Health and metrics, without TLS. */
  readonly operations: Endpoint;
  /** Largest difference between a request's time and the orderer's clock; default 15 minutes, as Fabric has it. */
  readonly authenticationWindow?: string;
}

/**
 * The content of `orderer.yaml`. Written as JSON it is YAML as well. An orderer starts without a channel and is joined to one through
 * its administration; there is no system channel.
 */
export function ordererConfig(input: OrdererConfigInput): object {
  const { paths } = input;
  const [certificate, key, authority] = [`${paths.tls}/tls.crt`, `${paths.tls}/tls.key`, `${paths.tls}/ca.crt`];
  return {
    General: {
      ListenAddress: input.listen.host,
      ListenPort: input.listen.port,
      TLS: { Enabled: true, PrivateKey: key, Certificate: certificate, RootCAs: [authority], ClientAuthRequired: false },
      Keepalive: { ServerMinInterval: '10s', ServerInterval: '60s', ServerTimeout: '20s' },
      MaxRecvMsgSize: 100 * 1024 * 1024,
      MaxSendMsgSize: 100 * 1024 * 1024,
      Cluster: { SendBufferSize: 100, ClientCertificate: certificate, ClientPrivateKey: key },
      BootstrapMethod: 'none',
      LocalMSPDir: paths.msp,
      LocalMSPID: checkMspId(input.mspId),
      BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
      Authentication: { TimeWindow: input.authenticationWindow ?? '15m' },
    },
    FileLedger: { Location: `${paths.data}/ledger` },
    Consensus: { WALDir: `${paths.data}/etcdraft/wal`, SnapDir: `${paths.data}/etcdraft/snapshot` },
    Admin: {
      ListenAddress: formatEndpoint(input.admin),
      TLS: { Enabled: true, Certificate: certificate, PrivateKey: key, RootCAs: [authority], ClientAuthRequired: true, ClientRootCAs: [authority] },
    },
    ChannelParticipation: { Enabled: true, MaxRequestBodySize: '10 MB' },
    Operations: { ListenAddress: formatEndpoint(input.operations), TLS: { Enabled: false } },
    Metrics: { Provider: 'prometheus' },
  };
}
