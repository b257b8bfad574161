import 'reflect-metadata';
import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { writeAtomic } from '../lib/files.ts';
import { files, layout } from './layout.ts';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

interface Leaf {
  readonly file: string;
  readonly commonName: string;
  /** Kubernetes takes the organisation of a client certificate for its group. */
  readonly group?: string;
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
}

/** Path of a certificate of the cluster (PEM). */
export function certificateFile(name: string): string {
  return join(files.pki, `${name}.crt`);
}

/** Path of a private key of the cluster (PEM, PKCS #8). */
export function keyFile(name: string): string {
  return join(files.pki, `${name}.key`);
}

function newSerial(): string {
  // The first digit keeps the number positive and of full length (RFC 5280, 4.1.2.2).
  return `1${randomBytes(15).toString('hex')}`;
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 730 * day) };
}

async function save(name: string, certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<void> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  writeAtomic(keyFile(name), `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`, 0o600);
  writeAtomic(certificateFile(name), `${certificate.toString('pem')}\n`);
}

async function makeAuthority(name: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=collabnet-local-${name}`,
    ...validity(),
    signingAlgorithm: keyAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await save(name, certificate, keys.privateKey);
  return { certificate, key: keys.privateKey };
}

async function makeLeaf(authority: Authority, leaf: Leaf): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const alternative: x509.JsonGeneralNames = [
    ...(leaf.names ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(leaf.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [...(leaf.group ? [{ O: [leaf.group] }] : []), { CN: [leaf.commonName] }],
    issuer: authority.certificate.subject,
    ...validity(),
    signingAlgorithm: keyAlgorithm,
    publicKey: keys.publicKey,
    signingKey: authority.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
      ...(alternative.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternative)] : []),
    ],
  });
  await save(leaf.file, certificate, keys.privateKey);
}

/** Client certificates that a kubeconfig is written for: file name to user and group. */
export const clients: readonly Leaf[] = [
  { file: 'admin', commonName: 'collabnet-admin', group: 'system:masters' },
  { file: 'controller-manager', commonName: 'system:kube-controller-manager' },
  { file: 'scheduler', commonName: 'system:kube-scheduler' },
  { file: 'kube-proxy', commonName: 'system:kube-proxy' },
  { file: 'kubelet', commonName: `system:node:${layout.nodeName}`, group: 'system:nodes' },
  { file: 'network-policy', commonName: 'collabnet-local:network-policy' },
  { file: 'storage', commonName: 'collabnet-local:storage' },
];

/**
 * Makes the certificates of a new cluster; they are kept for its life. etcd has an authority of its own,
 * so that no client certificate of Kubernetes opens it.
 */
export async function makeCertificates(): Promise<string | undefined> {
  const complete = join(files.pki, 'complete');
  if (existsSync(complete)) return 'already there';
  x509.cryptoProvider.set(webcrypto);
  const cluster = await makeAuthority('ca');
  const etcd = await makeAuthority('etcd-ca');
  const apiNames = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${layout.clusterDomain}`];
  await makeLeaf(cluster, { file: 'apiserver', commonName: 'kube-apiserver', names: apiNames, addresses: [layout.nodeAddress, layout.apiServiceAddress, '127.0.0.1'] });
  await makeLeaf(cluster, { file: 'apiserver-kubelet-client', commonName: 'apiserver-kubelet-client', group: 'system:masters' });
  await makeLeaf(cluster, { file: 'kubelet-server', commonName: layout.nodeName, names: [layout.nodeName], addresses: [layout.nodeAddress] });
  await makeLeaf(etcd, { file: 'etcd', commonName: 'etcd', names: ['localhost'], addresses: ['127.0.0.1'] });
  await makeLeaf(etcd, { file: 'apiserver-etcd-client', commonName: 'apiserver' });
  for (const client of clients) await makeLeaf(cluster, client);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeAtomic(keyFile('service-account'), privateKey.export({ type: 'sec1', format: 'pem' }), 0o600);
  writeAtomic(join(files.pki, 'service-account.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeAtomic(complete, '');
  return 'made';
}
