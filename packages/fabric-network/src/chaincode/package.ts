import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { FabricNetworkError } from '../errors.ts';
import { checkEndpoint, formatEndpoint, type Endpoint } from '../names.ts';
import { tar } from './tar.ts';

/** What a peer installs to reach chaincode that runs as a service. */
export interface ServicePackage {
  /** Names the package for people, such as `collabnet_1.4.0`. */
  readonly label: string;
  /** Where this institution's chaincode service listens. */
  readonly service: Endpoint;
  /** TLS between peer and service; without it the two must be alone on their network. */
  readonly tls?: { readonly rootCertificatePem: string; readonly client?: { readonly certificatePem: string; readonly privateKeyPem: string } };
  /** Further statements, such as digests of the contracts and of the image: part of the package and so of its id. */
  readonly statements?: Readonly<Record<string, string>>;
}

/** A package with the id that Fabric gives it. */
export interface BuiltPackage {
  readonly packageId: string;
  readonly octets: Uint8Array;
}

const LABEL = /^[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*$/;

/**
 * Builds the package. The same input gives the same octets, and so the same id.
 *
 * @throws FabricNetworkError VALUE_INVALID, ENDPOINT_INVALID
 */
export function servicePackage({ label, service, tls, statements }: ServicePackage): BuiltPackage {
  if (!LABEL.test(label)) throw new FabricNetworkError('VALUE_INVALID', `label: ${JSON.stringify(label)}: give letters and digits, separated by single dots, hyphens, underscores or plus signs.`, { field: 'label' });
  const connection = {
    address: formatEndpoint(checkEndpoint(service, 'service')),
    dial_timeout: '10s',
    tls_required: tls !== undefined,
    ...(tls === undefined ? {} : { root_cert: tls.rootCertificatePem }),
    ...(tls?.client === undefined ? {} : { client_auth_required: true, client_cert: tls.client.certificatePem, client_key: tls.client.privateKeyPem }),
  };
  const metadata = { type: 'ccaas', label, ...(statements === undefined ? {} : { statements: sorted(statements) }) };
  const code = archive([['connection.json', json(connection)]]);
  const octets = archive([
    ['metadata.json', json(metadata)],
    ['code.tar.gz', code],
  ]);
  return { packageId: `${label}:${createHash('sha256').update(octets).digest('hex')}`, octets };
}

/** Stored, not compressed: the octets of a compressor may change with its version. */
function archive(files: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  return gzipSync(tar(files.map(([name, content]) => ({ name, content }))), { level: 0 });
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
