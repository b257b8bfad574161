import { credentials, status, type ChannelCredentials, type ChannelOptions, type ServiceError } from '@grpc/grpc-js';
import { FabricNetworkError } from '../errors.ts';
import type { KeyAndCertificate } from '../identity/certificate.ts';
import { formatEndpoint, type Endpoint } from '../names.ts';

/** A node and how to know it. */
export interface NodeAddress extends Endpoint {
  /** PEM of the authorities that may have issued its TLS certificate. */
  readonly tlsRootCertificates: readonly string[];
  /** Shown to nodes that ask for it. */
  readonly clientTls?: KeyAndCertificate;
  /** Name in the node's certificate where it is not the host. */
  readonly serverName?: string;
}

/** Milliseconds that a node has for an answer. */
export const DEFAULT_TIMEOUT_MS = 30_000;

export function channelCredentials({ tlsRootCertificates, clientTls }: NodeAddress): ChannelCredentials {
  const roots = Buffer.from(tlsRootCertificates.join('\n'));
  return clientTls === undefined
    ? credentials.createSsl(roots)
    : credentials.createSsl(roots, Buffer.from(clientTls.privateKeyPem), Buffer.from(clientTls.certificatePem));
}

export function channelOptions({ serverName }: NodeAddress): ChannelOptions {
  return {
    // Configuration and chaincode packages are larger than the library's 4 MiB.
    'grpc.max_receive_message_length': 100 * 1024 * 1024,
    'grpc.max_send_message_length': 100 * 1024 * 1024,
    ...(serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName }),
  };
}

/** An error of the transport as one of this package. */
export function nodeError(node: Endpoint, what: string, cause: unknown): FabricNetworkError {
  if (cause instanceof FabricNetworkError) return cause;
  const { code, details } = cause as Partial<ServiceError>;
  const silent = code === undefined || [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED].includes(code);
  const reason = details ?? (cause instanceof Error ? cause.message : String(cause));
  return new FabricNetworkError(silent ? 'UNAVAILABLE' : 'REFUSED', `${formatEndpoint(node)}: ${what}: ${reason}`, { cause });
}
