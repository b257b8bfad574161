import { loadFunctions, type NativeFunctions } from './foreign-functions.ts';
import { Pkcs11Error } from './errors.ts';
import { CKR } from './return-values.ts';

/** A slot with a token in it. */
export interface Slot {
  readonly id: bigint;
  /** Label of the token, without the padding. */
  readonly label: string;
  /** `flags` of CK_TOKEN_INFO. */
  readonly flags: bigint;
}

const OS_LOCKING_OK = 2;
const MOST_SLOTS = 64;
const loaded = new Map<string, Promise<Pkcs11Module>>();

/** A PKCS#11 library in this process. It is initialised while tokens of it are open and finalised after the last. */
export class Pkcs11Module {
  readonly path: string;
  readonly functions: NativeFunctions;
  /** PIN with which each slot was logged in to: a login covers the process, so a second one is not checked by the token. */
  readonly pins = new Map<bigint, string>();
  #users = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(path: string, functions: NativeFunctions) {
    this.path = path;
    this.functions = functions;
  }

  /** @throws Pkcs11Error MODULE_MISSING, MODULE_UNUSABLE */
  static load(path: string): Promise<Pkcs11Module> {
    const known = loaded.get(path);
    if (known) return known;
    const loading = loadFunctions(path).then((functions) => new Pkcs11Module(path, functions));
    loaded.set(path, loading);
    // A missing file may appear later.
    loading.catch(() => loaded.delete(path));
    return loading;
  }

  /** Counts one more user; the first initialises. @throws Pkcs11Error MODULE_UNUSABLE */
  acquire(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#users === 0) {
        // Calls come from several threads (CKF_OS_LOCKING_OK).
        const rv = await this.functions.C_Initialize({ flags: OS_LOCKING_OK });
        if (rv !== CKR.ok && rv !== CKR.alreadyInitialized) {
          throw new Pkcs11Error('MODULE_UNUSABLE', `PKCS#11 module ${this.path}: C_Initialize answered CKR 0x${rv.toString(16)}; check the settings of the module (its configuration file and environment).`);
        }
      }
      this.#users += 1;
    });
  }

  /** Counts one user less. After the last the module forgets what it saw, so that the next one finds new tokens. */
  release(): Promise<void> {
    return this.#inTurn(async () => {
      this.#users -= 1;
      if (this.#users > 0) return;
      this.pins.clear();
      await this.functions.C_Finalize(null);
    });
  }

  /** The slots that hold a token. */
  async slots(): Promise<Slot[]> {
    const ids = new BigUint64Array(MOST_SLOTS);
    const count = [MOST_SLOTS];
    const rv = await this.functions.C_GetSlotList(1, ids, count);
    if (rv !== CKR.ok) throw new Pkcs11Error('TOKEN_FAILED', `PKCS#11 module ${this.path}: C_GetSlotList answered CKR 0x${rv.toString(16)}.`);
    const slots = await Promise.all([...ids.subarray(0, count[0])].map((id) => this.#slot(id)));
    return slots.filter((slot) => slot !== undefined);
  }

  async #slot(id: bigint): Promise<Slot | undefined> {
    // CK_TOKEN_INFO has 208 octets: label of 32, two further names, the flags at 96.
    const info = Buffer.alloc(256);
    if ((await this.functions.C_GetTokenInfo(id, info)) !== CKR.ok) return undefined;
    return { id, label: info.toString('utf8', 0, 32).trimEnd(), flags: info.readBigUInt64LE(96) };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
