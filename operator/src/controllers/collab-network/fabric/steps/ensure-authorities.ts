import { createAuthority, type AuthorityPurpose, type KeyAndCertificate } from '@collabnet/fabric-network';
import { certificateIn, certificateValues, DAYS } from '../certificates.ts';
import type { FabricRun } from '../fabric-run.ts';

/**
 * The institution's two authorities, made once: one enrols identities, the other issues TLS certificates. A new authority
 * would be two updates of the channel, so these are not renewed here.
 */
export async function ensureAuthorities(fabric: FabricRun): Promise<void> {
  const { run, names, mspId } = fabric;
  const make = (purpose: AuthorityPurpose): Promise<KeyAndCertificate> => createAuthority({ mspId, purpose, days: DAYS.authority, now: run.ctx.clock.now() });
  const values = await run.services.secrets.ensure(names.authorities, async () => ({
    ...certificateValues('identity', await make('identity')),
    ...certificateValues('tls', await make('tls')),
  }));
  const [identity, tls] = [certificateIn(values, 'identity'), certificateIn(values, 'tls')];
  if (identity === undefined || tls === undefined) throw new Error(`Secret ${names.authorities} has lost a certificate or key; restore it from its backup`);
  fabric.authorities = { identity, tls };
  fabric.msp = { mspId, rootCertificates: [identity.certificatePem], tlsRootCertificates: [tls.certificatePem] };
}
