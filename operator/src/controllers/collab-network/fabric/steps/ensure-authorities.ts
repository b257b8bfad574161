import { createAuthority, type AuthorityPurpose, type KeyAndCertificate } from '@collabnet/fabric-network';
import type { SecretValues } from '../../../../institution/secret-store.ts';
import { StalledError } from '../../../../runtime/index.ts';
import { certManagerIssuers, issuedBy, issuedSecret } from '../cert-manager/issuers.ts';
import { ownIssuers } from '../certificate-issuers.ts';
import { certificateIn, certificateValues, DAYS } from '../certificates.ts';
import type { FabricRun } from '../fabric-run.ts';
import { ADMINISTRATOR, ADMINISTRATOR_HOST } from '../names.ts';

/**
 * The institution's two authorities, made or asked for once: one enrols identities, the other issues TLS certificates. A new authority
 * would be two updates of the channel, so these are not renewed here.
 */
export async function ensureAuthorities(fabric: FabricRun): Promise<void> {
  const { mspId, run } = fabric;
  await (run.network.spec.ledger.fabric?.issuers === undefined ? ensureOwn(fabric) : ensureIssuers(fabric));
  const { identity, tls } = fabric.authorities ?? lost(fabric);
  fabric.msp = { mspId, rootCertificates: [identity.certificatePem], tlsRootCertificates: [tls.certificatePem] };
}

async function ensureOwn(fabric: FabricRun): Promise<void> {
  const values = await fabric.run.services.secrets.ensure(fabric.names.authorities, async () => ({
    ...certificateValues('identity', await make(fabric, 'identity')),
    ...certificateValues('tls', await make(fabric, 'tls')),
  }));
  const [identity, tls] = [certificateIn(values, 'identity'), certificateIn(values, 'tls')];
  if (identity === undefined || tls === undefined) return lost(fabric);
  fabric.authorities = { identity, tls, contracts: tls };
  fabric.issuers = ownIssuers({ identity, tls }, fabric.run.ctx.clock.now());
}

/** Those of cert-manager. Their authorities are written down with the first certificates, since the channel will know them. */
async function ensureIssuers(fabric: FabricRun): Promise<void> {
  const { run, names } = fabric;
  const references = run.network.spec.ledger.fabric?.issuers ?? lost(fabric);
  const values = await run.services.secrets.ensure(names.authorities, () => firstAuthorities(fabric));
  const { 'identity.crt': identity, 'tls.crt': tls } = values;
  const contracts = certificateIn(values, 'contracts');
  if (identity === undefined || tls === undefined || contracts === undefined) return lost(fabric);
  fabric.authorities = { identity: { certificatePem: identity }, tls: { certificatePem: tls }, contracts };
  const known = { identity: { reference: references.identity, authorityPem: identity }, tls: { reference: references.tls, authorityPem: tls } };
  fabric.issuers = certManagerIssuers(run, known, (message) => fabric.renewalProblems.push(message));
}

async function firstAuthorities(fabric: FabricRun): Promise<SecretValues> {
  const { run, names } = fabric;
  const { identity: forIdentity, tls: forTls } = run.network.spec.ledger.fabric?.issuers ?? lost(fabric);
  // The administrator's, which is needed anyway.
  const [identity, tls] = await Promise.all([
    issuedBy(run, { reference: forIdentity }, issuedSecret(names.administrator, 'identity'), ADMINISTRATOR),
    issuedBy(run, { reference: forTls }, issuedSecret(names.administrator, 'tls'), { commonName: ADMINISTRATOR_HOST, dnsNames: [ADMINISTRATOR_HOST] }),
  ]);
  if (identity.authorityPem === tls.authorityPem) {
    throw new StalledError('IssuerUnsuitable', `spec.ledger.fabric.issuers: ${forIdentity.name} and ${forTls.name} have the same authority, and every server certificate could sign transactions; give ${forTls.name} its own, then delete Secret ${issuedSecret(names.administrator, 'tls')}, and it is issued anew`);
  }
  return { 'identity.crt': identity.authorityPem, 'tls.crt': tls.authorityPem, ...certificateValues('contracts', await make(fabric, 'tls')) };
}

function make({ mspId, run }: FabricRun, purpose: AuthorityPurpose): Promise<KeyAndCertificate> {
  return createAuthority({ mspId, purpose, days: DAYS.authority, now: run.ctx.clock.now() });
}

function lost({ names }: FabricRun): never {
  throw new Error(`Secret ${names.authorities} has lost a certificate or key; restore it from its backup`);
}
