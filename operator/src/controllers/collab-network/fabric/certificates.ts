import { certificateFacts, type KeyAndCertificate } from '@collabnet/fabric-network';
import type { SecretStore, SecretValues } from '../../../institution/secret-store.ts';

/** Life of an authority and of what it issues, days. */
export const DAYS = { authority: 3650, leaf: 365 } as const;
/** Renewed when this part of its life is over, so that months remain for whatever hinders it. */
const RENEW_AFTER = 2 / 3;

/** Whether it is time for a new certificate. @param now epoch ms */
export function isDue(certificatePem: string, now: number): boolean {
  const { notBefore, notAfter } = certificateFacts(certificatePem);
  return now >= notBefore + (notAfter - notBefore) * RENEW_AFTER;
}

/** A certificate among the values of a Secret, under `<name>.crt` and `<name>.key`. */
export function certificateIn(values: SecretValues, name: string): KeyAndCertificate | undefined {
  const [certificatePem, privateKeyPem] = [values[`${name}.crt`], values[`${name}.key`]];
  return certificatePem === undefined || privateKeyPem === undefined ? undefined : { certificatePem, privateKeyPem };
}

/** The values of a certificate for a Secret. */
export function certificateValues(name: string, { certificatePem, privateKeyPem }: KeyAndCertificate): SecretValues {
  return { [`${name}.crt`]: certificatePem, [`${name}.key`]: privateKeyPem };
}

/** The certificate that is to be used instead of the one that is held, or that one itself while it is fresh. */
export type Issue = (held?: KeyAndCertificate) => Promise<KeyAndCertificate>;

/**
 * Values of a Secret in which every certificate is as its issuer wants it now.
 *
 * @param issues by name of the certificate
 * @param more further values, which follow from others
 */
export async function keepCertificates(secrets: SecretStore, secretName: string, issues: Readonly<Record<string, Issue>>, more: SecretValues = {}): Promise<SecretValues> {
  const current = await secrets.ensure(secretName, () => issueAll(issues, {}, more));
  const wanted = await issueAll(issues, current, more);
  const same = Object.entries(wanted).every(([key, value]) => current[key] === value);
  if (!same) await secrets.update(secretName, (values) => ({ ...values, ...wanted }));
  return { ...current, ...wanted };
}

async function issueAll(issues: Readonly<Record<string, Issue>>, current: SecretValues, more: SecretValues): Promise<SecretValues> {
  const values: SecretValues = { ...more };
  for (const [name, issue] of Object.entries(issues)) Object.assign(values, certificateValues(name, await issue(certificateIn(current, name))));
  return values;
}

/** The earliest end among certificates, epoch ms. */
export function earliestEnd(certificatePems: readonly string[]): number {
  return Math.min(...certificatePems.map((pem) => certificateFacts(pem).notAfter));
}
