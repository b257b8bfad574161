import { enrol, formatEndpoint, issueTls, type NodeRole } from '@collabnet/fabric-network';
import { required } from '../../network-run.ts';
import { certificateIn, DAYS, earliestEnd, keepCertificates, type Issue } from '../certificates.ts';
import type { FabricRun } from '../fabric-run.ts';

/** Enrols the administrator of the own nodes, and the client that follows the ledger and submits to it. */
export async function ensureIdentities(fabric: FabricRun): Promise<void> {
  const { names, mspId, channel, peer, run } = fabric;
  const { secrets, fabric: addresses } = run.services;
  const authorities = required(fabric.authorities, 'authorities');
  const now = run.ctx.clock.now();
  const enrolment = (role: NodeRole): Issue => (privateKeyPem) =>
    enrol({ authority: authorities.identity, days: DAYS.leaf, now, commonName: role, role, ...(privateKeyPem !== undefined && { privateKeyPem }) });
  const clientTls: Issue = (privateKeyPem) =>
    issueTls({ authority: authorities.tls, days: DAYS.leaf, now, dnsNames: ['operator'], ...(privateKeyPem !== undefined && { privateKeyPem }) });

  const administrator = await keepCertificates(secrets, names.administrator, { identity: enrolment('admin'), tls: clientTls }, now);
  const client = await keepCertificates(secrets, names.client, { identity: enrolment('client') }, now, {
    'ca.crt': authorities.tls.certificatePem,
    'connection.json': JSON.stringify({ mspId, channel, peers: [formatEndpoint(addresses.node(peer))] }),
  });
  const [identity, tls, own] = [certificateIn(administrator, 'identity'), certificateIn(administrator, 'tls'), certificateIn(client, 'identity')];
  if (identity === undefined || tls === undefined || own === undefined) throw new Error('step order: certificates were kept but are not there');
  fabric.administrator = { identity, tls };
  fabric.expires = Math.min(fabric.expires, earliestEnd([identity, tls, own, authorities.identity, authorities.tls].map(({ certificatePem }) => certificatePem)));
}
