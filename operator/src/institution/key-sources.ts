import type { ParticipantDID } from '@collabnet/crds';
import { StalledError } from '../runtime/index.ts';
import type { InstitutionKeys } from './institution-keys.ts';
import { FileKeys } from './key-files.ts';
import { clearKeys } from './key-format.ts';
import { keyProblem } from './key-problem.ts';
import { adoptPendingKeys, ensureInstitutionKeys, keyGeneration, keySecretName, preparePendingKeys, type KeySecret } from './key-secret.ts';
import { TokenKeys } from './key-token.ts';
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
    return this.#inSecret(participant, ({ name, format }) => ensureInstitutionKeys(this.#secrets, name, format));
  }

  /** Generation of the last rotation that was finished; 0 when there was none. */
  async generation(participant: ParticipantDID): Promise<number> {
    if (participant.spec.keyStore?.file) return 0;
    return this.#inSecret(participant, ({ name }) => keyGeneration(this.#secrets, name));
  }

  /** {@link preparePendingKeys} where the keys are kept. @throws StalledError KeysNotReplaceable */
  async preparePending(participant: ParticipantDID, now: number): Promise<{ keys: InstitutionKeys; preparedAt: number }> {
    assertReplaceable(participant);
    return this.#inSecret(participant, ({ name, format }) => preparePendingKeys(this.#secrets, name, now, format));
  }

  /** {@link adoptPendingKeys} where the keys are kept. @throws StalledError KeysNotReplaceable */
  async adoptPending(participant: ParticipantDID, generation: number): Promise<InstitutionKeys> {
    assertReplaceable(participant);
    return this.#inSecret(participant, ({ name, format }) => adoptPendingKeys(this.#secrets, name, generation, format));
  }

  async #inSecret<T>(participant: ParticipantDID, work: (secret: KeySecret) => Promise<T>): Promise<T> {
    const { keyStore } = participant.spec;
    try {
      return await work(keyStore?.pkcs11 ? await this.#tokens.secretOf(participant, keyStore.pkcs11) : { name: keySecretName(participant), format: clearKeys });
    } catch (error) {
      throw keyProblem(error, 'spec.keyStore.pkcs11');
    }
  }
}

function assertReplaceable({ spec }: ParticipantDID): void {
  if (spec.keyStore?.file === undefined) return;
  throw new StalledError('KeysNotReplaceable', 'spec.keyRotation: keys in files are the institution\'s own to make, and the operator cannot write them; rotate with keys in a Secret or sealed by a token');
}
