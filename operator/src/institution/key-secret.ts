import { generateSm2KeyPair, sm2PublicKeyOf } from '@collabnet/sm';
import type { KubeObject } from '../runtime/index.ts';
import { StalledError } from '../runtime/index.ts';
import { InstitutionKeys } from './institution-keys.ts';
import type { SecretStore } from './secret-store.ts';

const HEX_KEY = /^[0-9a-f]{64}$/;

/**
 * The institution's keys from Secret `name` (`sign.key`, `agree.key`: SM2 private keys in hex; optional `sign.id`,
 * `agree.id`: their fragments after a rotation), made on first use. The Secret has no owner: deleting a ParticipantDID
 * by mistake must not destroy the institution's identity.
 *
 * @throws StalledError InvalidKeySecret naming the entry.
 */
export async function ensureInstitutionKeys(secrets: SecretStore, name: string): Promise<InstitutionKeys> {
  const values = await secrets.ensure(name, () => ({
    'sign.key': generateSm2KeyPair().privateKey,
    'agree.key': generateSm2KeyPair().privateKey,
  }));
  const pair = (entry: string): { privateKey: string; publicKey: string } => {
    const privateKey = values[entry]?.trim() ?? '';
    if (!HEX_KEY.test(privateKey)) {
      throw new StalledError('InvalidKeySecret', `Secret ${name}: ${entry} must be an SM2 private key of 64 hex digits`);
    }
    return { privateKey, publicKey: sm2PublicKeyOf(privateKey) };
  };
  return InstitutionKeys.of({
    sign: pair('sign.key'),
    agree: pair('agree.key'),
    ...(values['sign.id'] && { signFragment: values['sign.id'].trim() }),
    ...(values['agree.id'] && { agreeFragment: values['agree.id'].trim() }),
  });
}

/** Name of the Secret that holds the keys of a ParticipantDID. */
export function keySecretName(participant: KubeObject & { spec: { keySecretRef?: { name: string } | undefined } }): string {
  return participant.spec.keySecretRef?.name ?? `${participant.metadata.name}-keys`;
}
