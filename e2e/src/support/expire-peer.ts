import { certificateFacts, enrol, issueTls } from '@collabnet/fabric-network';
import { get, type DemoInstitution } from '@collabnet/hack';
import { PEER } from './fabric-nodes.ts';
import { patch } from './objects.ts';

const LIFE_DAYS = 365;
const DAY_MS = 24 * 3600 * 1000;
const AUTHORITIES = PEER.replace(/peer-0$/, 'authorities');

/** Gives an institution's peer the certificates that it would have after 400 days without an operator: of its keys and authorities. */
export async function expirePeerCertificates(institution: DemoInstitution): Promise<void> {
  const { namespace } = institution;
  const [held, authorities] = [await valuesOf(namespace, PEER), await valuesOf(namespace, AUTHORITIES)];
  const pair = (values: Record<string, string>, name: string): { certificatePem: string; privateKeyPem: string } => ({ certificatePem: values[`${name}.crt`] ?? '', privateKeyPem: values[`${name}.key`] ?? '' });
  const old = (name: string) => ({ authority: pair(authorities, name), days: LIFE_DAYS, now: Date.now() - 400 * DAY_MS, privateKeyPem: held[`${name}.key`] ?? '' });
  const identity = await enrol({ ...old('identity'), commonName: PEER, role: 'peer' });
  const tls = await issueTls({ ...old('tls'), dnsNames: [`${PEER}.${namespace}.svc`, PEER] });
  await patch(namespace, 'secret', PEER, { stringData: { 'identity.crt': identity.certificatePem, 'tls.crt': tls.certificatePem } });
}

/** When the TLS certificate of an institution's peer ends, epoch ms. */
export async function peerCertificateEnds({ namespace }: DemoInstitution): Promise<number> {
  return certificateFacts((await valuesOf(namespace, PEER))['tls.crt'] ?? '').notAfter;
}

async function valuesOf(namespace: string, name: string): Promise<Record<string, string>> {
  const { data = {} } = (await get<{ data?: Record<string, string> }>(namespace, 'secret', name)) ?? {};
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}
