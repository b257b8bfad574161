import type { ParticipantDID, Pkcs11KeyStore } from '@collabnet/crds';
import { Token } from '@collabnet/pkcs11';
import { StalledError } from '../runtime/index.ts';
import { sealedKeys } from './key-format.ts';
import type { KeySecret } from './key-secret.ts';
import { secretEntry } from './secret-entry.ts';
import type { SecretStore } from './secret-store.ts';

/** Tokens that seal institution keys. They stay logged in between reconciles, until another PIN is given. */
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
   * Where the sealed keys are, Secret `keySecretRef` or else `<name>-sealed-keys`, and how they are opened.
   *
   * @throws StalledError KeyModuleNotAllowed, InvalidKeySecret
   */
  async secretOf(participant: ParticipantDID, spec: Pkcs11KeyStore): Promise<KeySecret> {
    if (!this.#modules.includes(spec.module)) {
      throw new StalledError('KeyModuleNotAllowed', `spec.keyStore.pkcs11.module: ${spec.module} is not among the chart value operator.pkcs11Modules; add it there, since it runs inside the operator`);
    }
    const pin = await secretEntry(this.#secrets, spec.pinSecretRef.name, 'pin', 'spec.keyStore.pkcs11.pinSecretRef');
    const name = participant.spec.keySecretRef?.name ?? `${participant.metadata.name}-sealed-keys`;
    return { name, format: sealedKeys(await this.#token(spec, pin)) };
  }

  async #token({ module, token: label, sealingKey }: Pkcs11KeyStore, pin: string): Promise<Token> {
    const id = JSON.stringify([module, label, sealingKey]);
    const token = this.#tokens.get(id) ?? new Token({ module, token: label, pin }, sealingKey);
    this.#tokens.set(id, token);
    // Sessions that are open hold this token: they go on with the new PIN too.
    await token.usePin(pin);
    return token;
  }
}
