import type { ParticipantDID, Pkcs11KeyStore } from '@collabnet/crds';
import { parseSealedKey, sealKey, Token, TokenKeyStore, type SealedKey } from '@collabnet/pkcs11';
import { generateSm2KeyPair } from '@collabnet/sm';
import { StalledError } from '../runtime/index.ts';
import { InstitutionKeys } from './institution-keys.ts';
import { keyProblem } from './key-problem.ts';
import { secretEntry } from './secret-entry.ts';
import type { SecretStore, SecretValues } from './secret-store.ts';

const WHERE = 'spec.keyStore.pkcs11';

/** Institution keys that a PKCS#11 token seals. Tokens stay logged in between reconciles, until another PIN is given. */
export class TokenKeys {
  readonly #secrets: SecretStore;
  readonly #modules: readonly string[];
  readonly #tokens = new Map<string, Token>();

  /** @param modules - libraries that may be loaded into the operator */
  constructor(secrets: SecretStore, modules: readonly string[]) {
    this.#secrets = secrets;
    this.#modules = modules;
  }

  /**
   * The keys of a participant, made and sealed on first use in Secret `keySecretRef`, else `<name>-sealed-keys`
   * (`sign.sealed`, `agree.sealed`; `sign.id`, `agree.id` after a rotation). The Secret has no owner, like that of keys in clear.
   *
   * @throws StalledError with the reasons of {@link keyProblem}, and KeyModuleNotAllowed, InvalidKeySecret
   */
  async load(participant: ParticipantDID, spec: Pkcs11KeyStore): Promise<InstitutionKeys> {
    if (!this.#modules.includes(spec.module)) {
      throw new StalledError('KeyModuleNotAllowed', `${WHERE}.module: ${spec.module} is not among the chart value operator.pkcs11Modules; add it there, since it runs inside the operator`);
    }
    const pin = await secretEntry(this.#secrets, spec.pinSecretRef.name, 'pin', `${WHERE}.pinSecretRef`);
    try {
      return await this.#keys(await this.#token(spec, pin), participant.spec.keySecretRef?.name ?? `${participant.metadata.name}-sealed-keys`);
    } catch (error) {
      throw keyProblem(error, WHERE);
    }
  }

  async #token({ module, token: label, sealingKey }: Pkcs11KeyStore, pin: string): Promise<Token> {
    const id = JSON.stringify([module, label, sealingKey]);
    const token = this.#tokens.get(id) ?? new Token({ module, token: label, pin }, sealingKey);
    this.#tokens.set(id, token);
    // Sessions that are open hold this token: they go on with the new PIN too.
    await token.usePin(pin);
    return token;
  }

  async #keys(token: Token, secret: string): Promise<InstitutionKeys> {
    const values = await this.#secrets.ensure(secret, async () => ({
      'sign.sealed': JSON.stringify(await sealKey(token, 'key-1', generateSm2KeyPair())),
      'agree.sealed': JSON.stringify(await sealKey(token, 'agree-1', generateSm2KeyPair())),
    }));
    const fragments = { sign: values['sign.id']?.trim() ?? 'key-1', agree: values['agree.id']?.trim() ?? 'agree-1' };
    const sealed = [sealedKey(values, 'sign', fragments.sign, secret), sealedKey(values, 'agree', fragments.agree, secret)];
    const store = new TokenKeyStore(token, sealed);
    await Promise.all(sealed.map(({ keyId }) => store.check(keyId)));
    return InstitutionKeys.from(store, fragments);
  }
}

function sealedKey(values: SecretValues, use: string, fragment: string, secret: string): SealedKey {
  const entry = `Secret ${secret}, entry ${use}.sealed`;
  const key = parseSealedKey(values[`${use}.sealed`] ?? '', entry);
  if (key.keyId === fragment) return key;
  throw new StalledError('InvalidKeySecret', `${entry}: sealed as ${key.keyId}, while ${use}.id says ${fragment}; correct ${use}.id`);
}
