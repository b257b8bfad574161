import { enrol, formatEndpoint, issueTls, type NodeRole } from '@collabnet/fabric-network';
import { required } from '../../network-run.ts';
import { certificateIn, DAYS, earliestEnd, keepCertificates, type Issue } from '../certificates.ts';
import { CHAINCODE } from '../chaincode-package.ts';
import type { FabricRun } from '../fabric-run.ts';

/**
 * Enrols the administrator of the own nodes, the client that follows the ledger and submits to it, and one for the
 * services that only read. That one could submit as well as far as Fabric goes; the contracts take nothing that is not
 * signed with a key of the institution, which no service has.
 */
export async function ensureIdentities(fabric: FabricRun): Promise<void> {
  const { names, mspId, channel, peer, run } = fabric;
  const { secrets, fabric: addresses } = run.services;
  const authorities = required(fabric.authorities, 'authorities');
  const now = run.ctx.clock.now();
  const enrolment = (role: NodeRole, commonName: string = role): Issue => (privateKeyPem) =>
    enrol({ authority: authorities.identity, days: DAYS.leaf, now, commonName, role, ...(privateKeyPem !== undefined && { privateKeyPem }) });
  const clientTls: Issue = (privateKeyPem) =>
    issueTls({ authority: authorities.tls, days: DAYS.leaf, now, dnsNames: ['operator'], ...(privateKeyPem !== undefined && { privateKeyPem }) });

  const administrator = await keepCertificates(secrets, names.administrator, { identity: enrolment('admin'), tls: clientTls }, now);
  const client = await keepCertificates(secrets, names.client, { identity: enrolment('client') }, now, {
    'ca.crt': authorities.tls.certificatePem,
    'connection.json': JSON.stringify({ mspId, channel, peers: [formatEndpoint(addresses.node(peer))] }),
  });
  const services = await keepCertificates(secrets, names.reader, { identity: enrolment('client', 'reader') }, now);
  const [identity, tls, own, reader] = [certificateIn(administrator, 'identity'), certificateIn(administrator, 'tls'), certificateIn(client, 'identity'), certificateIn(services, 'identity')];
  if (identity === undefined || tls === undefined || own === undefined || reader === undefined) throw new Error('step order: certificates were kept but are not there');
  fabric.administrator = { identity, tls };
  run.fabricReading = { mspId, channel, chaincode: CHAINCODE, peers: [formatEndpoint(addresses.node(peer))], files: { crt: reader.certificatePem, key: reader.privateKeyPem, ca: authorities.tls.certificatePem } };
  fabric.expires = Math.min(fabric.expires, earliestEnd([identity, tls, own, reader, authorities.identity, authorities.tls].map(({ certificatePem }) => certificatePem)));
}
