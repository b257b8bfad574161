import { StalledError } from '../runtime/index.ts';
import type { SecretStore } from './secret-store.ts';

/**
 * One entry of a Secret that a person made, without a line end after it.
 *
 * @param field - that names the Secret, for the message
 * @throws StalledError InvalidKeySecret
 */
export async function secretEntry(secrets: SecretStore, name: string, entry: string, field: string): Promise<string> {
  const value = (await secrets.read(name))?.[entry]?.replace(/\r?\n$/, '');
  if (value === undefined || value === '') {
    throw new StalledError('InvalidKeySecret', `${field}: Secret ${name} has no entry ${entry}; make it: kubectl create secret generic ${name} --from-file=${entry}=FILE`);
  }
  return value;
}
