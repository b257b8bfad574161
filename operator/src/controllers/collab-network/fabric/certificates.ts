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

/** Makes a certificate; given a key, it certifies that one again. */
export type Issue = (privateKeyPem?: string) => Promise<KeyAndCertificate>;

/**
 * Values of a Secret in which every certificate is fresh enough: made when there is none, renewed with the same key when
 * one is due.
 *
 * @param issues by name of the certificate
 * @param more further values, which follow from others
 */
export async function keepCertificates(secrets: SecretStore, secretName: string, issues: Readonly<Record<string, Issue>>, now: number, more: SecretValues = {}): Promise<SecretValues> {
  const current = await secrets.ensure(secretName, () => issueAll(issues, {}, now, more));
  const wanted = await issueAll(issues, current, now, more);
  const same = Object.entries(wanted).every(([key, value]) => current[key] === value);
  if (!same) await secrets.update(secretName, (values) => ({ ...values, ...wanted }));
  return { ...current, ...wanted };
}

async function issueAll(issues: Readonly<Record<string, Issue>>, current: SecretValues, now: number, more: SecretValues): Promise<SecretValues> {
  const values: SecretValues = { ...more };
  for (const [name, issue] of Object.entries(issues)) {
    const held = certificateIn(current, name);
    const kept = held !== undefined && !isDue(held.certificatePem, now) ? held : await issue(held?.privateKeyPem);
    Object.assign(values, certificateValues(name, kept));
  }
  return values;
}

/** The earliest end among certificates, epoch ms. */
export function earliestEnd(certificatePems: readonly string[]): number {
  return Math.min(...certificatePems.map((pem) => certificateFacts(pem).notAfter));
}
