import { formatEndpoint } from '@collabnet/fabric-network';
import { required } from '../../network-run.ts';
import { certificateIn, earliestEnd, keepCertificates, type Issue } from '../certificates.ts';
import { CHAINCODE } from '../chaincode-package.ts';
import type { FabricRun } from '../fabric-run.ts';
import { ADMINISTRATOR, ADMINISTRATOR_HOST } from '../names.ts';

/**
 * Enrols the administrator of the own nodes, the client that follows the ledger and submits to it, and one for the
 * services that only read. That one could submit as well as far as Fabric goes; the contracts take nothing that is not
 * signed with a key of the institution, which no service has.
 */
export async function ensureIdentities(fabric: FabricRun): Promise<void> {
  const { names, mspId, channel, run } = fabric;
  const { secrets, fabric: addresses } = run.services;
  const authorities = required(fabric.authorities, 'authorities');
  const issuers = required(fabric.issuers, 'issuers');
  const peers = fabric.peers.map((key) => formatEndpoint(addresses.node(key)));
  const asClient = (secret: string, commonName: string): Record<string, Issue> => ({ identity: issuers.identity(secret, { commonName, role: 'client' }) });

  const ofAdministrator = { identity: issuers.identity(names.administrator, ADMINISTRATOR), tls: issuers.tls(names.administrator, [ADMINISTRATOR_HOST]) };
  const administrator = await keepCertificates(secrets, names.administrator, ofAdministrator);
  const client = await keepCertificates(secrets, names.client, asClient(names.client, 'client'), {
    'ca.crt': authorities.tls.certificatePem,
    'connection.json': JSON.stringify({ mspId, channel, peers }),
  });
  const services = await keepCertificates(secrets, names.reader, asClient(names.reader, 'reader'));
  const [identity, tls, own, reader] = [certificateIn(administrator, 'identity'), certificateIn(administrator, 'tls'), certificateIn(client, 'identity'), certificateIn(services, 'identity')];
  if (identity === undefined || tls === undefined || own === undefined || reader === undefined) throw new Error('step order: certificates were kept but are not there');
  fabric.administrator = { identity, tls };
  run.fabricReading = { mspId, channel, chaincode: CHAINCODE, peers, files: { crt: reader.certificatePem, key: reader.privateKeyPem, ca: authorities.tls.certificatePem } };
  fabric.expires = Math.min(fabric.expires, earliestEnd([identity, tls, own, reader, authorities.identity, authorities.tls].map(({ certificatePem }) => certificatePem)));
}
