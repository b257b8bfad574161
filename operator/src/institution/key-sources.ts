import type { ParticipantDID } from '@collabnet/crds';
import type { InstitutionKeys } from './institution-keys.ts';
import { FileKeys } from './key-files.ts';
import { clearKeys } from './key-format.ts';
import { keyProblem } from './key-problem.ts';
import { ensureInstitutionKeys, keySecretName } from './key-secret.ts';
import { TokenKeys, type KeySecret } from './key-token.ts';
import type { SecretStore } from './secret-store.ts';

/** Where the keys of an institution come from, as its ParticipantDID says: a Secret, key files or a token. */
export class KeySources {
  readonly #secrets: SecretStore;
  readonly #files: FileKeys;
  readonly #tokens: TokenKeys;

  /** @param pkcs11Modules - libraries that may be loaded into the operator */
  constructor(secrets: SecretStore, pkcs11Modules: readonly string[]) {
    this.#secrets = secrets;
    this.#files = new FileKeys(secrets);
    this.#tokens = new TokenKeys(secrets, pkcs11Modules);
  }

  /** @throws StalledError whose reason names what is wrong with the store */
  async load(participant: ParticipantDID): Promise<InstitutionKeys> {
    const { keyStore } = participant.spec;
    if (keyStore?.file) return this.#files.load(keyStore.file);
    try {
      const { name, format } = await this.#secretOf(participant);
      return await ensureInstitutionKeys(this.#secrets, name, format);
    } catch (error) {
      throw keyProblem(error, 'spec.keyStore.pkcs11');
    }
  }

  async #secretOf(participant: ParticipantDID): Promise<KeySecret> {
    const { keyStore } = participant.spec;
    return keyStore?.pkcs11 ? this.#tokens.secretOf(participant, keyStore.pkcs11) : { name: keySecretName(participant), format: clearKeys };
  }
}
