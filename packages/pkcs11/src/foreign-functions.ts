import { access } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { promisify } from 'node:util';
import { Pkcs11Error } from './errors.ts';
import type * as Koffi from 'koffi';

/** A function of a module: resolves with its CK_RV. Runs on a thread of its own, so a slow token blocks nobody. */
export type NativeCall = (...args: unknown[]) => Promise<number>;

/** Place in CK_FUNCTION_LIST (PKCS#11 2.40, pkcs11f.h) and C signature of what is used here. */
const FUNCTIONS = {
  C_Initialize: [0, 'CK_C_INITIALIZE_ARGS *args'],
  C_Finalize: [1, 'void *reserved'],
  C_GetSlotList: [4, 'uchar present, _Out_ ulong *slots, _Inout_ ulong *count'],
  C_GetTokenInfo: [6, 'ulong slot, void *info'],
  C_OpenSession: [12, 'ulong slot, ulong flags, void *application, void *notify, _Out_ ulong *session'],
  C_CloseSession: [13, 'ulong session'],
  C_Login: [18, 'ulong session, ulong user, void *pin, ulong length'],
  C_GetAttributeValue: [24, 'ulong session, ulong object, CK_ATTRIBUTE *template, ulong count'],
  C_FindObjectsInit: [26, 'ulong session, CK_ATTRIBUTE *template, ulong count'],
  C_FindObjects: [27, 'ulong session, _Out_ ulong *objects, ulong maximum, _Out_ ulong *count'],
  C_FindObjectsFinal: [28, 'ulong session'],
  C_EncryptInit: [29, 'ulong session, CK_MECHANISM *mechanism, ulong key'],
  C_Encrypt: [30, 'ulong session, void *data, ulong length, void *out, _Inout_ ulong *outLength'],
  C_DecryptInit: [33, 'ulong session, CK_MECHANISM *mechanism, ulong key'],
  C_Decrypt: [34, 'ulong session, void *data, ulong length, void *out, _Inout_ ulong *outLength'],
  C_GenerateKey: [58, 'ulong session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *template, ulong count, _Out_ ulong *key'],
} as const satisfies Record<string, readonly [number, string]>;

export type FunctionName = keyof typeof FUNCTIONS;
export type NativeFunctions = Record<FunctionName, NativeCall>;

type Api = typeof Koffi;
let api: Promise<Api> | undefined;
/** A library that nothing refers to is unloaded, and the pointers of its function list do not count. */
const libraries: Koffi.LibraryHandle[] = [];

/** Loaded at the first token, so that whoever uses none pays nothing. */
function foreign(): Promise<Api> {
  api ??= import('koffi').then(declare);
  return api;
}

function declare(koffi: Api): Api {
  koffi.struct('CK_ATTRIBUTE', { type: 'ulong', pValue: 'void *', ulValueLen: 'ulong' });
  koffi.struct('CK_MECHANISM', { mechanism: 'ulong', pParameter: 'void *', ulParameterLen: 'ulong' });
  koffi.struct('CK_GCM_PARAMS', { pIv: 'void *', ulIvLen: 'ulong', ulIvBits: 'ulong', pAAD: 'void *', ulAADLen: 'ulong', ulTagBits: 'ulong' });
  koffi.struct('CK_C_INITIALIZE_ARGS', { CreateMutex: 'void *', DestroyMutex: 'void *', LockMutex: 'void *', UnlockMutex: 'void *', flags: 'ulong', pReserved: 'void *' });
  for (const [name, [, parameters]] of Object.entries(FUNCTIONS)) koffi.proto(`ulong ${name}(${parameters})`);
  return koffi;
}

/** CK_MECHANISM of CKM_AES_GCM (PKCS#11 2.40 current mechanisms §2.12.3). @param iv 12 octets; the tag has 16 */
export async function gcmMechanism(iv: Uint8Array, aad: Uint8Array): Promise<object> {
  const koffi = await foreign();
  const parameters = { pIv: iv, ulIvLen: iv.length, ulIvBits: iv.length * 8, pAAD: aad, ulAADLen: aad.length, ulTagBits: 128 };
  return { mechanism: 0x1087, pParameter: koffi.as(parameters, 'CK_GCM_PARAMS *'), ulParameterLen: koffi.sizeof('CK_GCM_PARAMS') };
}

/**
 * Loads a PKCS#11 module. Only `C_GetFunctionList` must be an exported symbol (§5.4).
 *
 * @param path - absolute path of the shared library. It runs in this process: name only one that you trust.
 * @throws Pkcs11Error MODULE_MISSING, MODULE_UNUSABLE
 */
export async function loadFunctions(path: string): Promise<NativeFunctions> {
  if (!isAbsolute(path)) throw new Pkcs11Error('MODULE_MISSING', `PKCS#11 module ${path}: give its absolute path.`);
  await access(path).catch((cause: unknown) => {
    throw new Pkcs11Error('MODULE_MISSING', `PKCS#11 module ${path}: there is no such file, or it may not be read.`, { cause });
  });
  const koffi = await foreign();
  try {
    // Deep: a module that brings its own OpenSSL must not get hold of the symbols of the one inside Node.
    const library = koffi.load(path, { deep: true });
    libraries.push(library);
    const list: [bigint | null] = [null];
    const rv = library.func('ulong C_GetFunctionList(_Out_ void **list)')(list) as number;
    if (rv !== 0 || list[0] === null) throw new Error(`C_GetFunctionList answered ${rv}`);
    const table = list[0];
    return Object.fromEntries(Object.entries(FUNCTIONS).map(([name, [place]]) => [name, functionAt(koffi, table, place, name)])) as NativeFunctions;
  } catch (cause) {
    throw new Pkcs11Error('MODULE_UNUSABLE', `PKCS#11 module ${path}: it cannot be loaded: ${(cause as Error).message}. It must be a PKCS#11 library for this platform, with all the libraries it needs.`, { cause });
  }
}

/** The list begins with a CK_VERSION of two octets, padded to the size of a pointer. */
function functionAt(koffi: Api, table: bigint, place: number, name: string): NativeCall {
  const pointer = koffi.decode(table, 8 * (place + 1), 'void *') as bigint | null;
  if (pointer === null) throw new Error(`it has no function ${name}`);
  const { async } = koffi.decode(pointer, name) as { async: (...args: unknown[]) => void };
  const call: (...args: unknown[]) => Promise<unknown> = promisify(async);
  return async (...args) => {
    // Another thread works with the memory of these arguments: they must stay reachable until it is done.
    inFlight.add(args);
    try {
      return Number(await call(...args));
    } finally {
      inFlight.delete(args);
    }
  };
}

const inFlight = new Set<readonly unknown[]>();
