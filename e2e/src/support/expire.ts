import { X509Certificate } from 'node:crypto';
import { issueServerCertificate } from '@collabnet/capability/authority';
import { get, list, sleep, type DemoInstitution } from '@collabnet/hack';
import { InstitutionNats, memberToken, networkToken, type NatsTrust } from '@collabnet/messaging';
import { patch } from './objects.ts';

interface Secret {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

/** Name of the Secret with certificate and credentials of a bank's data proxy. */
async function proxySecret({ namespace }: DemoInstitution): Promise<Secret> {
  const secrets = await list<Secret>(namespace, 'secrets', 'app.kubernetes.io/component=data-proxy');
  const found = secrets.find(({ data }) => data['tls.crt'] !== undefined);
  if (found === undefined) throw new Error(`${namespace} was to have a Secret of its data proxy`);
  return found;
}

/** When the certificate of a bank's data proxy ends, ms. */
export async function proxyCertificateEnds(bank: DemoInstitution): Promise<number> {
  const { data } = await proxySecret(bank);
  return Date.parse(new X509Certificate(text(data['tls.crt'])).validTo);
}

/** Gives a bank's data proxy what it would have after a long time without an operator: both expired, both once genuine. */
export async function expireProxyAccess(bank: DemoInstitution, networkId: string, did: string): Promise<void> {
  const { namespace } = bank;
  const secret = await proxySecret(bank);
  const ca = (await get<Secret>(namespace, 'secret', 'institution-ca'))?.data ?? {};
  const { name } = secret.metadata;
  const certificate = await issueServerCertificate({ ca: { certificatePem: text(ca['ca.crt']), privateKeyPem: text(ca['ca.key']) }, dnsNames: [`${name}.${namespace}.svc`, name], ttl: 1 });
  const trust = (await get<Secret>(namespace, 'secret', 'nats-trust'))?.data['trust.json'];
  const net = networkToken(networkId);
  const user = new InstitutionNats(JSON.parse(text(trust)) as NatsTrust).ledgerClient(net, memberToken(did), 'data-proxy', { expires: Math.floor(Date.now() / 1000) + 1 });
  const bindings = JSON.parse(text(secret.data['networks.json'])) as Record<string, { credentialsFrom: number }>;
  for (const binding of Object.values(bindings)) binding.credentialsFrom = 0;
  await patch(namespace, 'secret', name, {
    stringData: { 'tls.crt': certificate.certificatePem, 'tls.key': certificate.privateKeyPem, [`${net}.creds`]: user.creds ?? '', 'networks.json': JSON.stringify(bindings) },
  });
  await sleep(2_000);
}

function text(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString();
}
