import type { KeyFiles } from '@collabnet/crds';
import { FileKeyStore } from '@collabnet/sm';
import { StalledError } from '../runtime/index.ts';
import { heldKey } from './held-key.ts';
import { InstitutionKeys } from './institution-keys.ts';
import { keyProblem } from './key-problem.ts';
import { secretEntry } from './secret-entry.ts';
import type { SecretStore } from './secret-store.ts';

const WHERE = 'spec.keyStore.file';

/** Institution keys from encrypted files in the operator's pod. Each is decrypted once, since that is made to be slow. */
export class FileKeys {
  readonly #secrets: SecretStore;
  readonly #open = new Map<string, { readonly passphrase: string; readonly store: FileKeyStore }>();

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  /** @throws StalledError InvalidKeySecret, KeyFolderMissing, KeyFileMissing, KeyFileMalformed, KeyPassphraseWrong */
  async load({ directory, signKey, agreeKey, passphraseSecretRef }: KeyFiles): Promise<InstitutionKeys> {
    const passphrase = await secretEntry(this.#secrets, passphraseSecretRef.name, 'passphrase', `${WHERE}.passphraseSecretRef`);
    const store = await this.#store(directory, passphrase);
    try {
      // The passphrase is tried now, so that a wrong one shows here and not in the middle of a task.
      await Promise.all([signKey, agreeKey].map((name) => store.check(name)));
      const [sign, agree] = [await heldKey(store, signKey), await heldKey(store, agreeKey)];
      return new InstitutionKeys({ sign, agree });
    } catch (error) {
      throw keyProblem(error, WHERE);
    }
  }

  async #store(directory: string, passphrase: string): Promise<FileKeyStore> {
    const known = this.#open.get(directory);
    if (known?.passphrase === passphrase) return known.store;
    const store = await FileKeyStore.open({ directory, passphrase }).catch((cause: unknown) => {
      throw new StalledError('KeyFolderMissing', `${WHERE}.directory: ${directory} is not there in the operator's pod; mount it with the chart value operator.volumes`, { cause });
    });
    this.#open.set(directory, { passphrase, store });
    return store;
  }
}
