import type { KubeObject } from '../runtime/index.ts';
import type { HeldKey } from './held-key.ts';
import { InstitutionKeys } from './institution-keys.ts';
import { clearKeys, type KeyFormat, type KeyUse } from './key-format.ts';
import type { SecretStore } from './secret-store.ts';

/**
 * The institution's keys from Secret `name` (`sign.key`, `agree.key`: SM2 private keys in the given format; optional `sign.id`,
 * `agree.id`: their fragments after a rotation), made on first use. The Secret has no owner: deleting a ParticipantDID
 * by mistake must not destroy the institution's identity.
 *
 * @throws StalledError InvalidKeySecret naming the entry.
 */
export async function ensureInstitutionKeys(secrets: SecretStore, name: string, format: KeyFormat = clearKeys): Promise<InstitutionKeys> {
  const values = await secrets.ensure(name, async () => ({ 'sign.key': await format.make('sign'), 'agree.key': await format.make('agree') }));
  const key = (use: KeyUse): Promise<HeldKey> => format.open(use, values[`${use}.key`] ?? '', `Secret ${name}: ${use}.key`);
  return new InstitutionKeys({
    sign: await key('sign'),
    agree: await key('agree'),
    ...(values['sign.id'] && { signFragment: values['sign.id'].trim() }),
    ...(values['agree.id'] && { agreeFragment: values['agree.id'].trim() }),
  });
}

/** Name of the Secret that holds the keys of a ParticipantDID. */
export function keySecretName(participant: KubeObject & { spec: { keySecretRef?: { name: string } | undefined } }): string {
  return participant.spec.keySecretRef?.name ?? `${participant.metadata.name}-keys`;
}
