import { createHash } from 'node:crypto';

/** Port of a data proxy's Service. */
export const DATA_PROXY_PORT = 8443;

/** Names of the objects of one data proxy. */
export interface DataProxyNames {
  /** Deployment, Service and Secret. */
  readonly name: string;
  readonly port: number;
  /** Claim with the record of reads. */
  readonly auditClaim: string;
  /** Host name of the Service as its certificate has it. */
  readonly host: string;
  /** Base URL, without a slash at the end. */
  readonly url: string;
}

/**
 * The data proxy of one source. All assets of a claim share it.
 *
 * @param claimName PersistentVolumeClaim of the source, `spec.source.file.claimName` of a DataAsset.
 */
export function dataProxyOf(claimName: string, namespace: string): DataProxyNames {
  // A claim's name may have 253 characters, that of a Service 63.
  const hash = createHash('sha256').update(claimName).digest('hex').slice(0, 10);
  const name = `data-proxy-${hash}`;
  const host = `${name}.${namespace}.svc`;
  return { name, port: DATA_PROXY_PORT, auditClaim: `${name}-audit`, host, url: `https://${host}:${DATA_PROXY_PORT}` };
}
