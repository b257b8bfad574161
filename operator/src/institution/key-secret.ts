import { generateSm2KeyPair, sm2PublicKeyOf, type Sm2KeyPair } from '@collabnet/sm';
import type { KubeObject } from '../runtime/index.ts';
import { StalledError } from '../runtime/index.ts';
import { InstitutionKeys } from './institution-keys.ts';
import type { SecretStore, SecretValues } from './secret-store.ts';

const HEX_KEY = /^[0-9a-f]{64}$/;
/** Keys of a rotation or recovery under way: stored before any transaction names them. */
const PENDING = { sign: 'sign.next.key', agree: 'agree.next.key' } as const;
/** When they were made, epoch ms. */
const PREPARED = 'rotation.prepared';
/** Agreement keys of before rotations, one a line: what was sealed for them must stay readable. */
const FORMER_AGREE = 'agree.former.keys';
/** `spec.keyRotation.generation` of the last rotation that every network has. */
const GENERATION = 'rotation.generation';

/**
 * The institution's keys from Secret `name` (`sign.key`, `agree.key`: SM2 private keys in hex), made on first use. The
 * Secret has no owner: deleting a ParticipantDID by mistake must not destroy the institution's identity.
 *
 * @throws StalledError InvalidKeySecret naming the entry.
 */
export async function ensureInstitutionKeys(secrets: SecretStore, name: string): Promise<InstitutionKeys> {
  return keysOf(name, await ensureValues(secrets, name));
}

/** Generation of the last rotation that was finished; 0 when there was none. */
export async function keyGeneration(secrets: SecretStore, name: string): Promise<number> {
  return Number((await ensureValues(secrets, name))[GENERATION] ?? 0);
}

/**
 * Makes the keys that come next, unless they are there: a rotation that was interrupted goes on with the same ones.
 *
 * @param now epoch ms
 * @returns the keys, and when the pending ones were made
 */
export async function preparePendingKeys(secrets: SecretStore, name: string, now: number): Promise<{ keys: InstitutionKeys; preparedAt: number }> {
  await ensureValues(secrets, name);
  const values = await secrets.update(name, (current) =>
    current[PENDING.sign] !== undefined && current[PENDING.agree] !== undefined
      ? current
      : { ...current, [PENDING.sign]: generateSm2KeyPair().privateKey, [PENDING.agree]: generateSm2KeyPair().privateKey, [PREPARED]: String(now) },
  );
  return { keys: keysOf(name, values), preparedAt: Number(values[PREPARED] ?? 0) };
}

/** Puts the pending keys into use, once every ledger has them; the old signing key is forgotten. */
export async function adoptPendingKeys(secrets: SecretStore, name: string, generation: number): Promise<InstitutionKeys> {
  const values = await secrets.update(name, (current) => {
    const rest = Object.fromEntries(Object.entries(current).filter(([entry]) => entry !== PENDING.sign && entry !== PENDING.agree && entry !== PREPARED));
    const [sign, agree] = [current[PENDING.sign], current[PENDING.agree]];
    const done = { ...rest, [GENERATION]: String(Math.max(generation, Number(current[GENERATION] ?? 0))) };
    if (sign === undefined || agree === undefined) return done;
    const former = [...lines(current[FORMER_AGREE]), (current['agree.key'] ?? '').trim()];
    return { ...done, 'sign.key': sign, 'agree.key': agree, [FORMER_AGREE]: former.join('\n') };
  });
  return keysOf(name, values);
}

function ensureValues(secrets: SecretStore, name: string): Promise<SecretValues> {
  return secrets.ensure(name, () => ({
    'sign.key': generateSm2KeyPair().privateKey,
    'agree.key': generateSm2KeyPair().privateKey,
  }));
}

function keysOf(name: string, values: SecretValues): InstitutionKeys {
  const pair = (entry: string, text = values[entry]): Sm2KeyPair => {
    const privateKey = text?.trim() ?? '';
    if (!HEX_KEY.test(privateKey)) {
      throw new StalledError('InvalidKeySecret', `Secret ${name}: ${entry} must be an SM2 private key of 64 hex digits`);
    }
    return { privateKey, publicKey: sm2PublicKeyOf(privateKey) };
  };
  const pending = values[PENDING.sign] !== undefined && values[PENDING.agree] !== undefined;
  return new InstitutionKeys({
    sign: pair('sign.key'),
    agree: pair('agree.key'),
    formerAgree: lines(values[FORMER_AGREE]).map((line) => pair(FORMER_AGREE, line)),
    ...(pending && { pending: new InstitutionKeys({ sign: pair(PENDING.sign), agree: pair(PENDING.agree) }) }),
  });
}

function lines(text: string | undefined): string[] {
  return (text ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

/** Name of the Secret that holds the keys of a ParticipantDID. */
export function keySecretName(participant: KubeObject & { spec: { keySecretRef?: { name: string } | undefined } }): string {
  return participant.spec.keySecretRef?.name ?? `${participant.metadata.name}-keys`;
}
