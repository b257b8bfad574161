import type { NativeFunctions } from './foreign-functions.ts';
import { Pkcs11Error } from './errors.ts';
import { Pkcs11Module } from './module.ts';
import { checkPinFlags, CKR, loginError, tokenFailed } from './return-values.ts';

/** Where a token is and how to log in to it. */
export interface TokenAddress {
  /** Absolute path of the PKCS#11 module. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** PIN of the user (CKU_USER). Secret. */
  readonly pin: string;
}

const SERIAL = 4;
const READ_WRITE = 2;
const USER = 1;

/** A session in which the user is logged in. */
export interface Session {
  readonly functions: NativeFunctions;
  readonly handle: number;
  readonly token: string;
  /** Logs out when it was the last session of this process with the token. */
  close(): Promise<void>;
}

/**
 * Opens a session and logs in. The PIN is tried once, and not at all when one more failure would lock it.
 *
 * @throws Pkcs11Error MODULE_MISSING, MODULE_UNUSABLE, TOKEN_ABSENT, PIN_WRONG, PIN_LAST_TRY, PIN_LOCKED, TOKEN_FAILED
 */
export async function openSession(address: TokenAddress): Promise<Session> {
  const module = await Pkcs11Module.load(address.module);
  await module.acquire();
  try {
    return await loggedIn(module, address);
  } catch (error) {
    await module.release();
    throw error;
  }
}

async function loggedIn(module: Pkcs11Module, { token, pin }: TokenAddress): Promise<Session> {
  const { functions } = module;
  const slots = await module.slots();
  const [slot, second] = slots.filter(({ label }) => label === token);
  if (slot === undefined) throw absent(token, slots.map(({ label }) => label));
  if (second !== undefined) throw new Pkcs11Error('TOKEN_ABSENT', `Token ${token}: the module sees two tokens of this label; give one of them another label.`);
  checkPinFlags(slot.flags, token);
  const out = [0];
  const opened = await functions.C_OpenSession(slot.id, SERIAL | READ_WRITE, null, null, out);
  if (opened !== CKR.ok) throw tokenFailed('C_OpenSession', opened, token);
  const handle = out[0] ?? 0;
  const secret = Buffer.from(pin, 'utf8');
  const login = await functions.C_Login(handle, USER, secret, secret.length);
  secret.fill(0);
  const known = module.pins.get(slot.id) ?? pin;
  const accepted = login === CKR.ok || (login === CKR.userAlreadyLoggedIn && known === pin);
  if (!accepted) {
    await functions.C_CloseSession(handle);
    throw loginError(login === CKR.userAlreadyLoggedIn ? CKR.pinIncorrect : login, token);
  }
  module.pins.set(slot.id, pin);
  const close = async (): Promise<void> => {
    await functions.C_CloseSession(handle);
    await module.release();
  };
  return { functions, handle, token, close };
}

function absent(token: string, labels: readonly string[]): Pkcs11Error {
  const known = labels.filter((label) => label !== '').sort();
  const seen = known.length === 0 ? 'the module sees no token' : `the module sees ${known.join(', ')}`;
  return new Pkcs11Error('TOKEN_ABSENT', `Token ${token}: absent; ${seen}. Connect it, or correct the label or the settings of the module.`);
}
