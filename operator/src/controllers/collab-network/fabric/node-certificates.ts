import { localMspFiles } from '@collabnet/fabric-network';
import { required } from '../network-run.ts';
import { certificateIn, earliestEnd, keepCertificates } from './certificates.ts';
import type { FabricRun } from './fabric-run.ts';
import { materialSecret } from './node-material.ts';
import { nodeName, type NodeKey, type NodeMaterial } from './node-plan.ts';

/**
 * What a node proves who it is with, from its Secret. Renewed with the same keys: the channel knows orderers by the public
 * key of their TLS certificate.
 */
export async function nodeMaterialOf(fabric: FabricRun, key: NodeKey): Promise<NodeMaterial> {
  const { run, authorities: known } = fabric;
  const authorities = required(known, 'authorities');
  const msp = required(fabric.msp, 'msp');
  const name = nodeName(key);
  const addresses = run.services.fabric;
  const dnsNames = [...new Set([addresses.advertised(key).host, addresses.node(key).host, name])];
  const issuers = required(fabric.issuers, 'issuers');
  const issues = { identity: issuers.identity(name, { commonName: name.slice(0, 64), role: key.role }), tls: issuers.tls(name, dnsNames) };
  const shared = materialSecret({ msp: localMspFiles(msp), tls: { 'ca.crt': authorities.tls.certificatePem } });
  const values = await keepCertificates(run.services.secrets, name, issues, shared);
  const [identity, tls] = [certificateIn(values, 'identity'), certificateIn(values, 'tls')];
  if (identity === undefined || tls === undefined) throw new Error('step order: certificates were kept but are not there');
  fabric.expires = Math.min(fabric.expires, earliestEnd([identity.certificatePem, tls.certificatePem]));
  return {
    msp: localMspFiles(msp, identity),
    tls: { 'tls.crt': tls.certificatePem, 'tls.key': tls.privateKeyPem, 'ca.crt': authorities.tls.certificatePem },
  };
}
