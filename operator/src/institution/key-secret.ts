import type { KubeObject } from '../runtime/index.ts';
import type { HeldKey } from './held-key.ts';
import { InstitutionKeys } from './institution-keys.ts';
import { clearKeys, type KeyFormat, type KeyUse } from './key-format.ts';
import type { SecretStore, SecretValues } from './secret-store.ts';

/** Keys of a rotation or recovery under way: stored before any transaction names them. */
const PENDING = { sign: 'sign.next.key', agree: 'agree.next.key' } as const;
/** When they were made, epoch ms. */
const PREPARED = 'rotation.prepared';
/** Agreement keys of before rotations, one a line: what was sealed for them must stay readable. */
const FORMER_AGREE = 'agree.former.keys';
/** `spec.keyRotation.generation` of the last rotation that every network has. */
const GENERATION = 'rotation.generation';

/** A Secret with institution keys, and how each of them stands in it. */
export interface KeySecret {
  readonly name: string;
  readonly format: KeyFormat;
}

/**
 * The institution's keys from Secret `name` (`sign.key`, `agree.key`), made on first use. The Secret has no owner:
 * deleting a ParticipantDID by mistake must not destroy the institution's identity.
 *
 * @throws StalledError InvalidKeySecret naming the entry.
 */
export async function ensureInstitutionKeys(secrets: SecretStore, name: string, format: KeyFormat = clearKeys): Promise<InstitutionKeys> {
  const secret = { name, format };
  return keysOf(secret, await ensureValues(secrets, secret));
}

/** Generation of the last rotation that was finished; 0 when there was none. */
export async function keyGeneration(secrets: SecretStore, name: string): Promise<number> {
  return Number((await secrets.read(name))?.[GENERATION] ?? 0);
}

/**
 * Makes the keys that come next, unless they are there: a rotation that was interrupted goes on with the same ones.
 *
 * @param now epoch ms
 * @returns the keys, and when the pending ones were made
 */
export async function preparePendingKeys(secrets: SecretStore, name: string, now: number, format: KeyFormat = clearKeys): Promise<{ keys: InstitutionKeys; preparedAt: number }> {
  const secret = { name, format };
  let values = await ensureValues(secrets, secret);
  if (!hasPending(values)) {
    const made = { [PENDING.sign]: await format.make('sign'), [PENDING.agree]: await format.make('agree'), [PREPARED]: String(now) };
    values = await secrets.update(name, (current) => (hasPending(current) ? current : { ...current, ...made }));
  }
  return { keys: await keysOf(secret, values), preparedAt: Number(values[PREPARED] ?? 0) };
}

/** Puts the pending keys into use, once every ledger has them; the old signing key is forgotten. */
export async function adoptPendingKeys(secrets: SecretStore, name: string, generation: number, format: KeyFormat = clearKeys): Promise<InstitutionKeys> {
  const values = await secrets.update(name, (current) => {
    const rest = Object.fromEntries(Object.entries(current).filter(([entry]) => entry !== PENDING.sign && entry !== PENDING.agree && entry !== PREPARED));
    const [sign, agree] = [current[PENDING.sign], current[PENDING.agree]];
    const done = { ...rest, [GENERATION]: String(Math.max(generation, Number(current[GENERATION] ?? 0))) };
    if (sign === undefined || agree === undefined) return done;
    const former = [...lines(current[FORMER_AGREE]), (current['agree.key'] ?? '').trim()];
    return { ...done, 'sign.key': sign, 'agree.key': agree, [FORMER_AGREE]: former.join('\n') };
  });
  return keysOf({ name, format }, values);
}

function ensureValues(secrets: SecretStore, { name, format }: KeySecret): Promise<SecretValues> {
  return secrets.ensure(name, async () => ({ 'sign.key': await format.make('sign'), 'agree.key': await format.make('agree') }));
}

async function keysOf({ name, format }: KeySecret, values: SecretValues): Promise<InstitutionKeys> {
  const key = (use: KeyUse, entry: string, text = values[entry] ?? ''): Promise<HeldKey> => format.open(use, text, `Secret ${name}: ${entry}`);
  const pair = async (sign: string, agree: string): Promise<{ sign: HeldKey; agree: HeldKey }> => ({ sign: await key('sign', sign), agree: await key('agree', agree) });
  return new InstitutionKeys({
    ...(await pair('sign.key', 'agree.key')),
    formerAgree: await Promise.all(lines(values[FORMER_AGREE]).map((line) => key('agree', FORMER_AGREE, line))),
    ...(hasPending(values) && { pending: new InstitutionKeys(await pair(PENDING.sign, PENDING.agree)) }),
  });
}

function hasPending(values: SecretValues): boolean {
  return values[PENDING.sign] !== undefined && values[PENDING.agree] !== undefined;
}

function lines(text: string | undefined): string[] {
  return (text ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

/** Name of the Secret that holds the keys of a ParticipantDID. */
export function keySecretName(participant: KubeObject & { spec: { keySecretRef?: { name: string } | undefined } }): string {
  return participant.spec.keySecretRef?.name ?? `${participant.metadata.name}-keys`;
}
