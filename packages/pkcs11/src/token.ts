import { Pkcs11Error } from './errors.ts';
import { gcmMechanism, type NativeCall } from './foreign-functions.ts';
import { CKR, isPinRefused, isSessionLost, isTagRefused, sealingError } from './return-values.ts';
import { findSealingKey, makeSealingKey } from './sealing-key.ts';
import { openSession, type Session, type TokenAddress } from './session.ts';

const TAG_LENGTH = 16;

/**
 * One token of one PKCS#11 module, and the AES key in it that seals other keys. It logs in at the first use and again
 * after the token was away. Calls wait for each other: an operation of PKCS#11 belongs to its session. A refused PIN is
 * never tried again by the same object, since with each try a token comes nearer to locking itself.
 */
export class Token {
  readonly label: string;
  /** Label of the AES key. */
  readonly keyLabel: string;
  #address: TokenAddress;
  #open: { session: Session; key: number } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #refusal: Pkcs11Error | undefined;

  constructor(address: TokenAddress, keyLabel: string) {
    this.#address = address;
    this.label = address.token;
    this.keyLabel = keyLabel;
  }

  /**
   * Encrypts with AES-GCM in the token.
   *
   * @returns ciphertext and tag
   * @throws Pkcs11Error, every code of {@link openSession} and {@link findSealingKey}; SEALING_UNSUPPORTED
   */
  seal(plaintext: Uint8Array, iv: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    return this.#run(async ({ session, key }) => {
      const { functions, handle } = session;
      this.#must(await functions.C_EncryptInit(handle, await gcmMechanism(iv, aad), key), 'C_EncryptInit');
      return this.#transform(functions.C_Encrypt, 'C_Encrypt', handle, plaintext, plaintext.length + TAG_LENGTH);
    });
  }

  /**
   * Inverse of {@link seal}.
   *
   * @throws Pkcs11Error SEAL_BROKEN when another key sealed it or a bit was changed; else as {@link seal}
   */
  unseal(ciphertext: Uint8Array, iv: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    return this.#run(async ({ session, key }) => {
      const { functions, handle } = session;
      this.#must(await functions.C_DecryptInit(handle, await gcmMechanism(iv, aad), key), 'C_DecryptInit');
      return this.#transform(functions.C_Decrypt, 'C_Decrypt', handle, ciphertext, ciphertext.length);
    });
  }

  /** Makes the AES key where it is missing. @returns whether it was made */
  async ensureKey(): Promise<boolean> {
    const session = await this.#session();
    try {
      await findSealingKey(session, this.keyLabel);
      return false;
    } catch (error) {
      if (!(error instanceof Pkcs11Error && error.code === 'KEY_ABSENT')) throw error;
      await makeSealingKey(session, this.keyLabel);
      return true;
    } finally {
      await session.close();
    }
  }

  /** Takes another PIN, for whoever holds this object already; nothing happens when it is the same. */
  async usePin(pin: string): Promise<void> {
    if (this.#address.pin === pin) return;
    this.#address = { ...this.#address, pin };
    this.#refusal = undefined;
    await this.close();
  }

  /** Ends the session, if there is one; the next use opens another. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.session.close();
  }

  async #transform(call: NativeCall, name: string, handle: number, input: Uint8Array, most: number): Promise<Uint8Array> {
    // One block more than needed: some modules ask for room for the tag in both directions.
    const out = Buffer.alloc(most + TAG_LENGTH);
    const length = [out.length];
    const rv = await call(handle, input, input.length, out, length);
    if (name === 'C_Decrypt' && isTagRefused(rv)) {
      throw new Pkcs11Error('SEAL_BROKEN', `Token ${this.label}: the AES key ${this.keyLabel} did not seal this, or it was changed since (CKR ${rv}). Take the token that sealed it, or make and register a new key.`);
    }
    this.#must(rv, name);
    return new Uint8Array(out.subarray(0, length[0]));
  }

  #must(rv: number, call: string): void {
    if (rv === CKR.ok) return;
    if (isSessionLost(rv)) throw new SessionLost(rv, call);
    throw sealingError(call, rv, this.label);
  }

  #run<T>(work: (open: { session: Session; key: number }) => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => this.#attempt(work, true));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #attempt<T>(work: (open: { session: Session; key: number }) => Promise<T>, again: boolean): Promise<T> {
    this.#open ??= await this.#login();
    try {
      return await work(this.#open);
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error;
      await this.close();
      if (again) return this.#attempt(work, false);
      throw sealingError(error.call, error.rv, this.label);
    }
  }

  async #session(): Promise<Session> {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      return await openSession(this.#address);
    } catch (error) {
      if (isPinRefused(error)) this.#refusal = error;
      throw error;
    }
  }

  async #login(): Promise<{ session: Session; key: number }> {
    const session = await this.#session();
    try {
      return { session, key: await findSealingKey(session, this.keyLabel) };
    } catch (error) {
      await session.close();
      throw error;
    }
  }
}

class SessionLost extends Error {
  readonly rv: number;
  readonly call: string;

  constructor(rv: number, call: string) {
    super(`${call} lost its session`);
    this.rv = rv;
    this.call = call;
  }
}
